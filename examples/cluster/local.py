"""A profile on a Dask cluster of two processes: `python -m examples.cluster.local`.

With ``--kill`` one of the two is killed while it works; the report's bytes stay those of a profile
on this machine alone.
"""

import argparse
import os
import signal
import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np
from distributed import LocalCluster

import neurodeploy
from neurodeploy import toolchain
from neurodeploy.deployment.deployment import Deployment
from neurodeploy.machine.fidelity import Fidelity
from neurodeploy.report.json_file import report_text
from neurodeploy.target import RunOptions, Stimulus

N_WORKERS = 2
N_SAMPLES, N_STEPS = 96, 20


def main() -> None:
    """Profile here and on the cluster, and compare the reports."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kill", action="store_true", help="kill one worker while it works")
    kill = parser.parse_args().kill
    deployment, stimulus = _work()
    options = RunOptions(fidelity=Fidelity.L1)
    here = report_text(toolchain.profile(deployment, stimulus, options))
    with (
        tempfile.TemporaryDirectory() as folder,
        LocalCluster(
            n_workers=N_WORKERS,
            threads_per_worker=1,
            dashboard_address=None,
            local_directory=folder,
        ) as cluster,
    ):
        pids = [worker.pid for worker in cluster.workers.values()]

        def on_progress(done: int) -> None:
            print(f"{done} of {stimulus.n_samples} samples", flush=True)
            if kill and pids:
                os.kill(pids.pop(), signal.SIGKILL)
                pids.clear()

        told = replace(options, on_progress=on_progress)
        there = report_text(
            toolchain.profile(deployment, stimulus, told, dask=cluster.scheduler_address)
        )
    print("equal bytes" if here == there else "the reports differ")
    raise SystemExit(here != there)


def _work() -> tuple[Deployment, Stimulus]:
    """Return the network of examples/ci on the default chip, and random spikes."""
    model = neurodeploy.load(Path(__file__).parents[1] / "ci" / "model.nir")
    deployment = neurodeploy.compile(model)
    rng = np.random.default_rng(0)
    shape = deployment.program.inputs[0].shape
    x = (rng.random((N_SAMPLES, N_STEPS, *shape)) < 0.2).astype(np.int8)
    return deployment, Stimulus(x={deployment.program.inputs[0].name: x})


if __name__ == "__main__":
    main()
