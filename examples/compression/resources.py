"""Budgets of what deployment pays: `python -m examples.compression.resources [SEED...]`.

Forty per cent of the operations, counted without and with the zeros that the chip stores, and one
core where the network took three. Minimax stands beside iterative magnitude on the same budget, and
beside the budget of weights that comes to as many operations. Writes
examples/results/compression_resources_SEED.json after every run, and goes on from it.
"""

import json
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from examples.compression import setting
from examples.fashion import Fashion
from examples.once import RESULTS, write_json
from neurodeploy.methods.compression import (
    CompressOptions,
    Drive,
    Measured,
    Method,
    Work,
    compress,
)
from neurodeploy.methods.compression.measure import measured
from neurodeploy.model import Model
from neurodeploy.regression import Budget, Limit, Share

EPOCHS = 3
N_TEST = 4000
"""Test images, the first; a deployment is run on them for every budget."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arm:
    """One budget, and how it is kept."""

    name: str
    budget: Budget
    method: Method = Method.MINIMAX
    drive: Drive | None = None


def of_before(name: str) -> Budget:
    """Return the budget of forty per cent."""
    return Budget(limits=(), shares=(Share(name=name, value=0.4),))


EFFECTIVE, STORED = of_before("synops_effective"), of_before("synops_hw")
ONE_CORE = Budget(limits=(Limit(name="cores", value=1.0),))
ARMS = (
    Arm(name="effective", budget=EFFECTIVE),
    Arm(name="effective, iterative", budget=EFFECTIVE, method=Method.ITERATIVE),
    Arm(name="effective, by weights", budget=EFFECTIVE, drive=Drive.WEIGHTS),
    Arm(name="one core", budget=ONE_CORE),
    Arm(name="one core, iterative", budget=ONE_CORE, method=Method.ITERATIVE),
    Arm(name="stored", budget=STORED),
    Arm(name="stored, iterative", budget=STORED, method=Method.ITERATIVE),
)


def record(seed: int) -> Path:
    """Return the file of a seed's figures."""
    return RESULTS / f"compression_resources_{seed}.json"


def main() -> None:
    """Compress a network of each seed to every budget and write the figures."""
    whole = setting.data()
    images = replace(
        whole,
        validation=whole.validation.taken(np.arange(setting.N_MEASURED)),
        test=whole.test.taken(np.arange(N_TEST)),
    )
    for seed in map(int, sys.argv[1:] or setting.SEEDS):
        runs, start = _known(seed), setting.dense(seed)
        before = measured(start, setting.bench(images, test=True))
        for arm in ARMS:
            if arm.name not in {run["arm"] for run in runs}:
                runs.append(_row(seed, arm, start, before, images))
                told = {"n_train": setting.N_TRAIN, "n_test": N_TEST, "epochs": EPOCHS}
                write_json({"setting": told, "runs": runs}, record(seed))


def _row(seed: int, arm: Arm, start: Model, before: Measured, images: Fashion) -> Mapping[str, Any]:
    began = time.process_time()
    options = CompressOptions(
        method=arm.method, train=setting.training(seed, EPOCHS), drive=arm.drive
    )
    work = Work(parts=images.parts(setting.N_STEPS), options=options)
    found = compress(start, work, arm.budget, setting.bench(images, test=False))
    row = {
        "seed": seed,
        "arm": arm.name,
        "is_met": found.is_met,
        "connectivity": found.prunable.share,
        "of_all": found.all_weights.share,
        "removed": dict(found.unused.removed),
        "epochs": found.n_epochs,
        "cpu_s": time.process_time() - began,
        **setting.figures(found.model, before, images),
    }
    print(row, flush=True)
    return row


def _known(seed: int) -> list[Mapping[str, Any]]:
    return list(json.loads(record(seed).read_text())["runs"]) if record(seed).is_file() else []


if __name__ == "__main__":
    main()
