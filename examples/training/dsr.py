"""DSR beside BPTT: `python -m examples.training.dsr`, three seeds of each.

At five and two steps, with and without DSR's two fixes (a neuron fires at half its threshold, and
thresholds are trained); then the peak memory of a training step at twenty steps. Writes
examples/results/training_dsr.json, from which docs' tables are made.
"""

import resource
import subprocess
import sys
from dataclasses import asdict
from itertools import pairwise, product

import numpy as np
import torch

from examples.fashion import Fashion, load_fashion
from examples.networks import network
from examples.once import RESULTS, trained, write_json
from neurodeploy.learning.losses import Kind, Loss
from neurodeploy.learning.options import Method, TrainOptions
from neurodeploy.learning.train import train
from neurodeploy.learning.twin.parameters import Trainable
from neurodeploy.terms import Reset

SEEDS = (0, 1, 2)
EPOCHS = 4

ARMS = {
    "BPTT": {"method": Method.BPTT},
    "DSR": {"method": Method.DSR, "alpha": 0.5, "trainable": Trainable(thresholds=True)},
    "DSR, neither fix": {"method": Method.DSR, "alpha": 1.0},
}
FIRST_START = 99.0
AUTHORS_START = 99.9
"""Percentiles of what arrives at which all thresholds of DSR start; BPTT's are 1."""

RUNS: tuple[tuple[str, int, float | None], ...] = (
    ("BPTT", 5, None),
    ("DSR", 5, FIRST_START),
    ("DSR, neither fix", 5, FIRST_START),
    ("DSR", 5, AUTHORS_START),
    ("DSR, neither fix", 5, AUTHORS_START),
    ("DSR", 2, FIRST_START),
    ("DSR, neither fix", 2, FIRST_START),
    ("DSR", 2, AUTHORS_START),
    ("DSR, neither fix", 2, AUTHORS_START),
)
"""Arm, steps and start of thresholds."""

MEMORY_STEPS, MEMORY_BATCH, MEMORY_BATCHES = 20, 200, 3


def options(arm: str, seed: int, percentile: float | None, **others: int) -> TrainOptions:
    """Return how a network of this experiment is trained."""
    return TrainOptions(
        **ARMS[arm],
        loss=Loss(kind=Kind.MEAN),
        batchnorm=True,
        threshold_percentile=percentile,
        seed=seed,
        **{"epochs": EPOCHS, **others},
    )


def accuracies(data: Fashion) -> list[dict[str, object]]:
    """Return the figures of every run, one dict a run."""
    return [
        one_run(data, arm, n_steps, percentile, seed)
        for seed, (arm, n_steps, percentile) in product(SEEDS, RUNS)
    ]


def one_run(
    data: Fashion, arm: str, n_steps: int, percentile: float | None, seed: int
) -> dict[str, object]:
    """Train one network and return its setting and figures."""
    result = trained(
        _name(arm, n_steps, percentile, seed),
        lambda: network(seed, leak=0.0, reset=Reset.SUBTRACT),
        data,
        n_steps,
        options(arm, seed, percentile),
    )
    figures = {k: v for k, v in asdict(result).items() if k != "model"}
    row = {"arm": arm, "n_steps": n_steps, "percentile": percentile, "seed": seed, **figures}
    print(row, flush=True)
    return row


def _name(arm: str, n_steps: int, percentile: float | None, seed: int) -> str:
    start = "" if percentile in (None, FIRST_START) else f"-p{percentile:g}"
    return f"{arm.lower().replace(', ', '-').replace(' ', '-')}{start}-T{n_steps}-seed{seed}"


def memory() -> dict[str, float]:
    """Return bytes by arm: each trains in a process of its own, which asks the system."""
    return {arm: float(_child(arm)) for arm in ("BPTT", "DSR")}


def _child(arm: str) -> str:
    command = [sys.executable, "-m", "examples.training.dsr", "--memory-of", arm]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()[-1]


def memory_of(arm: str) -> int:
    """Return by how many bytes training raised the largest resident set this process has had.

    The first, small training brings torch's own buffers in.
    """
    data = load_fashion()
    torch.set_num_threads(1)
    peaks = []
    for n_steps, n_batches in ((1, 1), (MEMORY_STEPS, MEMORY_BATCHES)):
        few = Fashion(
            train=data.train.taken(np.arange(MEMORY_BATCH * n_batches)),
            validation=data.validation.taken(np.arange(1)),
            test=data.test,
        )
        percentile = None if arm == "BPTT" else FIRST_START
        chosen = options(arm, 0, percentile, epochs=1, batch_size=MEMORY_BATCH)
        train(network(0, leak=0.0, reset=Reset.SUBTRACT), few.parts(n_steps), chosen)
        peaks.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024)
    return next(after - before for before, after in pairwise(peaks))


def main() -> None:
    """Measure everything and write the figures."""
    held = memory()
    print(held, flush=True)
    figures = accuracies(load_fashion())
    setting = {"epochs": EPOCHS}
    measured = {"n_steps": MEMORY_STEPS, "batch_size": MEMORY_BATCH, "bytes": held}
    write_json(
        {"setting": setting, "runs": figures, "memory": measured}, RESULTS / "training_dsr.json"
    )


if __name__ == "__main__":
    if sys.argv[1:2] == ["--memory-of"]:
        print(memory_of(sys.argv[2]))
    else:
        main()
