"""The method's networks as integers on loihi2: attacked, with an exit policy, and what that costs.

``python -m examples.robust.deployed``, after ``examples.robust.fashion``; ``--toy`` as there.
"""

import json
import sys
from dataclasses import asdict, replace
from typing import Any

import numpy as np
import torch
from torch import Tensor

import neurodeploy
from examples.fashion import Fashion, load_fashion
from examples.once import RESULTS, TRAINED, write_json
from examples.robust.arms import FULL, N_STEPS, TOY, Size, data_of, spiking
from examples.robust.fashion import HERE
from neurodeploy.audits.attacks.evaluate import evaluate_deployment
from neurodeploy.audits.attacks.protocol import Pgd
from neurodeploy.audits.attacks.protocol_file import read_protocol
from neurodeploy.deployment.deployment import Deployment
from neurodeploy.deployment.host import InputCoding
from neurodeploy.exits.goal import AccuracyDrop
from neurodeploy.frontends.samples import Encoding, Samples
from neurodeploy.machine.fidelity import Fidelity
from neurodeploy.target import RunOptions
from neurodeploy.terms import ExitCriterion
from neurodeploy.toolchain import profile, stimulus_of
from neurodeploy.toolchain.exiting import ExitData, ExitOptions, calibrate_exit, sweep_exit

SHOWN = Encoding(coder="direct", n_steps=N_STEPS)
N_CHOOSING = 1000
"""Validation images that the exit policy is chosen on."""

POINTS_LOST = 1.0
"""Accuracy that the exit policy may cost on them."""

COUNTED = ("accuracy", "energy_total_j", "energy_dynamic_j", "latency_s", "synops_hw")


def deployed(seed: int, data: Fashion, size: Size) -> dict[str, Any]:
    """Return the figures of one seed's network."""
    model = spiking("method", seed, data, size)
    deployment = neurodeploy.compile(model, chip="loihi2", input_coding=InputCoding.INJECTED)
    protocol = replace(
        read_protocol(str(HERE / "ensemble.toml")),
        n_samples=size.n_attacked,
        integers=(Pgd(method="pgd", steps=7, members=("triangular-1",)),),
    )
    found = evaluate_deployment(deployment, data.test, SHOWN, protocol)
    report, labels = found.report, found.subject.labels
    integers = report.deployed
    assert integers is not None
    images = {"clean": found.subject.x, "attacked": found.worst.x}
    samples = {name: _samples(x, labels, name) for name, x in images.items()}
    with_exit = _with_exit(deployment, size)
    return {
        "n": report.n_samples,
        "float": {"clean": report.clean.share, "robust": report.robust.share},
        "integers": {
            "clean": integers.clean.share,
            "transferred": integers.transferred.share,
            "robust": integers.robust.share,
        },
        "costs": [asdict(row) for row in integers.costs],
        "by_step": {
            name: list(sweep_exit(deployment, ExitData(samples=s, encoding=SHOWN)).by_step)
            for name, s in samples.items()
        },
        "exit": asdict(with_exit.exit_policy) if with_exit.exit_policy else None,
        "with_exit": {name: _counted(with_exit, s) for name, s in samples.items()},
        "without_exit": {name: _counted(deployment, s) for name, s in samples.items()},
        "deployment": deployment.digest,
    }


def _with_exit(deployment: Deployment, size: Size) -> Deployment:
    chosen = load_fashion().validation.taken(np.arange(N_CHOOSING))
    options = ExitOptions(rules=(ExitCriterion.MARGIN,))
    goal = AccuracyDrop(points=POINTS_LOST if size is FULL else 100.0, confidence=0)
    return calibrate_exit(deployment, ExitData(samples=chosen, encoding=SHOWN), goal, options)[0]


def _counted(deployment: Deployment, samples: Samples) -> dict[str, float | None]:
    stimulus = stimulus_of(deployment, samples, SHOWN)
    metrics = profile(deployment, stimulus, RunOptions(fidelity=Fidelity.L1)).metrics
    return {name: metrics[name].value for name in COUNTED if name in metrics}


def _samples(x: Tensor, labels: Tensor, name: str) -> Samples:
    return Samples(x=x.numpy().astype(np.float64), y=labels.numpy(), where=f"{name} images")


def main(size: Size) -> None:
    """Do what is not done yet, and write the figures after every seed."""
    torch.set_num_threads(1)
    path = RESULTS / "robust_deployed.json" if size is FULL else TRAINED / "robust_deployed.json"
    runs = json.loads(path.read_text())["runs"] if path.is_file() else {}
    data = data_of(size)
    for seed in size.seeds:
        if str(seed) in runs:
            continue
        runs[str(seed)] = deployed(seed, data, size)
        write_json({"runs": runs}, path)
        print(seed, runs[str(seed)]["float"], runs[str(seed)]["integers"], flush=True)


if __name__ == "__main__":
    main(TOY if "--toy" in sys.argv[1:] else FULL)
