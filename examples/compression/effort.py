"""Straight to 3 % with little or much training: `python -m examples.compression.effort [SEED...]`.

The pilot's setting first: T=4, 20,000 images, three epochs, in the first of which minimax
approaches the budget, Adam at the rate at which the paper compresses. Then faster steps, with
which every layer alike recovers, for shorter and longer. Writes
examples/results/compression_effort_SEED.json after every run, and goes on from it.
"""

import json
import sys
import time
from dataclasses import asdict, dataclass, replace
from itertools import product
from pathlib import Path
from typing import Any

from examples.compression import setting
from examples.once import RESULTS, write_json
from neurodeploy.learning.options import Optimiser
from neurodeploy.methods.compression import CompressOptions, Method, Work, compress
from neurodeploy.methods.compression.measure import measured
from neurodeploy.model import Model
from neurodeploy.regression import Budget, Share

N_STEPS = 4
CONNECTIVITY = 0.03
JOINT = 1 / 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Effort:
    """How much the rest is trained, and how."""

    optimiser: Optimiser = Optimiser.SGD
    learning_rate: float = setting.LEARNING_RATE
    n_train: int = 20_000
    epochs: int = 3


PILOT = Effort(optimiser=Optimiser.ADAMW, learning_rate=1e-4)
EFFORTS = (PILOT, Effort(), Effort(epochs=1), Effort(n_train=5000, epochs=1))
METHODS = (Method.MINIMAX, Method.UNIFORM, Method.MAGNITUDE)


def record(seed: int) -> Path:
    """Return the file of a seed's figures."""
    return RESULTS / f"compression_effort_{seed}.json"


def main() -> None:
    """Compress a network of each seed with every effort and write the figures."""
    for seed in map(int, sys.argv[1:] or setting.SEEDS):
        file = record(seed)
        runs: list[dict[str, Any]] = json.loads(file.read_text())["runs"] if file.is_file() else []
        start = setting.dense(seed, N_STEPS)
        bench = setting.bench(setting.data(), test=True, n_steps=N_STEPS)
        before = measured(start, bench).accuracy
        for method, effort in product(METHODS, EFFORTS):
            key = {"seed": seed, "method": method.value, **asdict(effort)}
            if not any(key.items() <= run.items() for run in runs):
                runs.append({**key, **_figures(seed, method, effort, start), "before": before})
                print(runs[-1], flush=True)
                told = {"n_steps": N_STEPS, "connectivity": CONNECTIVITY, "joint": JOINT}
                write_json({"setting": told, "runs": runs}, file)


def _figures(seed: int, method: Method, effort: Effort, start: Model) -> dict[str, Any]:
    began = time.process_time()
    images = setting.data(effort.n_train)
    options = CompressOptions(
        method=method,
        train=replace(
            setting.training(seed, effort.epochs),
            optimiser=effort.optimiser,
            learning_rate=effort.learning_rate,
        ),
        nodes=(CONNECTIVITY,),
        joint=JOINT,
    )
    budget = Budget(limits=(), shares=(Share(name="connectivity", value=CONNECTIVITY),))
    bench = setting.bench(images, test=False, n_steps=N_STEPS)
    work = Work(parts=images.parts(N_STEPS), options=options)
    found = compress(start, work, budget, bench)
    return {
        "connectivity": found.prunable.share,
        "of_all": found.all_weights.share,
        "validation": found.nodes[-1].validation_accuracy,
        "accuracy": measured(found.model, replace(bench, samples=images.test)).accuracy,
        "was_projected": found.nodes[-1].was_projected,
        "cpu_s": time.process_time() - began,
    }


if __name__ == "__main__":
    main()
