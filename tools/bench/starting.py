"""What a user waits for before the first sample: start-up, kernels, files of 100 MB, the report."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from statistics import fmean

import numpy as np

from neurodeploy import toolchain
from neurodeploy.deployment.host import InputCoding
from neurodeploy.model.nir_file import Conventions
from neurodeploy.target import RunOptions, Stimulus
from neurodeploy.terms import Reset
from tools.bench.clock import best, timed
from tools.bench.data import ROOT

TIMES, AT_ONCE = 7, 4
"""Measurements of a command, and the runs whose mean is one of them."""


def seconds(toy: bool) -> dict[str, list[float]]:
    """Return the seconds of each thing, as often as it was measured."""
    n_times = 1 if toy else TIMES
    with tempfile.TemporaryDirectory() as text:
        folder = Path(text)
        demo = _command(folder, "demo")
        profile = ["profile", "neurodeploy-demo/build", "--data", "neurodeploy-demo/test.npz"]
        return {
            "neurodeploy --help": _times(n_times, lambda: _command(folder, "--help")),
            "neurodeploy demo, first of all": [demo],
            "neurodeploy profile, demo, warm cache": _times(
                n_times, lambda: _command(folder, *profile)
            ),
            "neurodeploy profile, demo, no kernels yet": [_without_kernels(folder, profile)],
            **_large_files(folder, 200_000 if toy else 25_000_000),
        }


def _times(n_times: int, measured: Callable[[], float]) -> list[float]:
    n_runs = AT_ONCE if n_times > 1 else 1
    return [fmean(measured() for _ in range(n_runs)) for _ in range(n_times)]


def _command(folder: Path, *arguments: str, **environment: str) -> float:
    """Return the seconds of a command, start of Python included, with bytecode as a user has it."""
    paths = os.pathsep.join(
        [str(ROOT), str(ROOT / "targets"), os.environ.get("PYTHONPATH", "")]
    ).rstrip(os.pathsep)
    own = {**os.environ, "PYTHONPATH": paths, **environment}
    own.pop("PYTHONDONTWRITEBYTECODE", None)
    command = [sys.executable, "-m", "neurodeploy", *arguments]
    return timed(
        lambda: subprocess.run(command, cwd=folder, env=own, capture_output=True, check=True)
    )


def _without_kernels(folder: Path, profile: list[str]) -> float:
    """Return the seconds where no kernel was ever compiled."""
    with tempfile.TemporaryDirectory() as empty:
        return _command(folder, *profile, NUMBA_CACHE_DIR=empty)


def _large_files(folder: Path, n_weights: int) -> dict[str, list[float]]:
    """Return the seconds of each step with a network whose floats fill 100 MB."""
    import nir

    size = int(np.sqrt(n_weights))
    rng = np.random.default_rng(0)
    path = folder / "large.nir"
    lif = nir.LIF(
        tau=np.full(size, 10e-3),
        r=np.full(size, 10.0),
        v_leak=np.zeros(size),
        v_threshold=np.ones(size),
    )
    linear = nir.Linear(weight=rng.normal(0, 0.1, (size, size)).astype(np.float32))
    nir.write(path, nir.NIRGraph.from_list(linear, lif))
    conventions = Conventions(dt_s=1e-3, reset=Reset.SUBTRACT, if_gain="unit")
    found: dict[str, list[float]] = {}

    def kept(name: str, work: Callable[[], object]) -> None:
        found[f"{path.stat().st_size / 1e6:.0f} MB .nir: {name}"] = [best(work, 1)]

    kept("load", lambda: toolchain.load(path, conventions))
    model, _ = toolchain.load(path, conventions)
    options = toolchain.CompileOptions(chip="ideal", coding=InputCoding.ENCODED)
    kept("compile", lambda: toolchain.compile_network(model, "cpu-emu", options))
    deployment = toolchain.compile_network(model, "cpu-emu", options)
    kept("save", lambda: toolchain.save(deployment, folder / f"built-{len(found)}"))
    toolchain.save(deployment, folder / "built")
    kept("open", lambda: toolchain.load_deployment(folder / "built"))
    x = {deployment.program.inputs[0].name: (rng.random((4, 25, size)) < 0.06).astype(np.uint8)}
    stimulus = Stimulus(x=x)
    kept("profile of 4 samples", lambda: toolchain.profile(deployment, stimulus, RunOptions()))
    return found
