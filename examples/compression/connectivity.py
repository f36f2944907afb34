"""Budgets of 10, 3 and 1 % of the weights: `python -m examples.compression.connectivity [SEED...]`.

Every method has the same epochs at a budget: those that go by nodes have two at each node, the
others two, four and six at once. Writes examples/results/compression_connectivity_SEED.json after
every run, and goes on from it.
"""

import json
import sys
import time
from pathlib import Path
from typing import Any

from examples.compression import setting
from examples.fashion import Fashion
from examples.once import RESULTS, write_json
from neurodeploy.methods.compression import CompressOptions, Measured, Method, Work, compress
from neurodeploy.methods.compression.measure import measured
from neurodeploy.methods.compression.options import BY_NODES
from neurodeploy.methods.compression.outcome import left_at, left_of_all
from neurodeploy.methods.compression.places import Ranking, prunable
from neurodeploy.methods.compression.unused import without_unused
from neurodeploy.model import Model
from neurodeploy.regression import Budget, Share

SEEDS = (3, 4, 5)
"""Others than the networks whose validation part chose the settings, and whose test was seen."""

BUDGETS = (0.1, 0.03, 0.01)
EPOCHS = 2
"""At each node."""

STRENGTH = 1e-3
"""Of the L1 penalty; seed 0's validation part at 3 % chose it of 1e-4, 1e-3 and 1e-2."""

ARMS = tuple((method, Ranking.SHARE) for method in Method)
"""All methods, weights of different layers compared in the same way."""


def record(seed: int) -> Path:
    """Return the file of a seed's figures."""
    return RESULTS / f"compression_connectivity_{seed}.json"


def main() -> None:
    """Compress a network of each seed by every method and write the figures."""
    images = setting.data()
    for seed in map(int, sys.argv[1:] or SEEDS):
        runs, start = _known(seed), setting.dense(seed)
        before = measured(start, setting.bench(images, test=True))
        for method, ranking in ARMS:
            at_once = (BUDGETS,) if method in BY_NODES else tuple((b,) for b in BUDGETS)
            for budgets in at_once:
                done = {(r["method"], r["ranking"], r["budget"]) for r in runs}
                if {(method.value, ranking.value, b) for b in budgets} <= done:
                    continue
                runs += _rows(seed, method, ranking, budgets, start, before, images)
                _write(runs, seed)


def _rows(
    seed: int,
    method: Method,
    ranking: Ranking,
    budgets: tuple[float, ...],
    start: Model,
    before: Measured,
    images: Fashion,
) -> list[dict[str, Any]]:
    began = time.process_time()
    n_epochs = EPOCHS * (1 + BUDGETS.index(budgets[-1]))
    options = CompressOptions(
        method=method,
        train=setting.training(seed, n_epochs),
        nodes=budgets,
        ranking=ranking,
        strength=STRENGTH,
    )
    budget = Budget(limits=(), shares=(Share(name="connectivity", value=budgets[-1]),))
    work = Work(parts=images.parts(setting.N_STEPS), options=options)
    found = compress(start, work, budget, setting.bench(images, test=False))
    cpu_s = time.process_time() - began
    rows = []
    for share, node in zip(budgets, found.nodes, strict=True):
        layers = left_at(node.model, prunable(start))
        removable, everything = left_of_all(start, layers)
        rows.append(
            {
                "seed": seed,
                "method": method.value,
                "ranking": ranking.value,
                "budget": share,
                "epochs": EPOCHS * (1 + BUDGETS.index(share)),
                "connectivity": removable.share,
                "of_all": everything.share,
                "n_removable": removable.n_before,
                "n_all": everything.n_before,
                "layers": {name: left.share for name, left in layers.items()},
                "validation": node.validation_accuracy,
                "reached_after": node.reached_after,
                "was_projected": node.was_projected,
                "cpu_s": cpu_s,
                **setting.figures(without_unused(node.model)[0], before, images),
            }
        )
        print(
            seed,
            method.value,
            ranking.value,
            share,
            rows[-1]["accuracy"],
            rows[-1]["before"],
            flush=True,
        )
    return rows


def _known(seed: int) -> list[dict[str, Any]]:
    return list(json.loads(record(seed).read_text())["runs"]) if record(seed).is_file() else []


def _write(runs: list[dict[str, Any]], seed: int) -> None:
    told = {
        "n_train": setting.N_TRAIN,
        "n_validation": setting.N_VALIDATION,
        "n_test": setting.N_TEST,
        "n_steps": setting.N_STEPS,
        "epochs_a_node": EPOCHS,
        "learning_rate": setting.LEARNING_RATE,
        "strength": STRENGTH,
    }
    write_json({"setting": told, "runs": runs}, record(seed))


if __name__ == "__main__":
    main()
