"""The table of what every layer alike makes good with how much training."""

from typing import Any

from neurodeploy.report.interval import Interval, paired
from tables.cells import RESULTS, of, percent, read, signed, table

Runs = list[dict[str, Any]]
KEY = ("optimiser", "learning_rate", "n_train", "epochs")
ENOUGH = 0.1
"""Points that minimax shall be ahead of every layer alike."""


def tables() -> str:
    """Return a line for every effort, and a sentence before and after."""
    found = [read(file.stem) for file in sorted(RESULTS.glob("compression_effort_*.json"))]
    setting = found[0]["setting"]
    runs = [run for one in found for run in one["runs"]]
    keys = dict.fromkeys(tuple(run[name] for name in KEY) for run in runs)
    own = {key: [r for r in runs if tuple(r[name] for name in KEY) == key] for key in keys}
    own = {key: rows for key, rows in own.items() if _by(rows, "uniform")}
    columns = ("training", "minimax", "one-shot magnitude", "every layer alike", "minimax ahead by")
    before = list({run["seed"]: run["before"] for run in runs}.values())
    return (
        f"Straight to {100 * setting['connectivity']:g} %, T={setting['n_steps']}; before, "
        f"{percent(before)}; {100 * runs[0]['of_all']:.2f} % of all weights are left. Minimax "
        "approaches the budget in the first third of the steps. The first line is the pilot's "
        "setting as far as it is told, at the rate at which the paper compresses (`python -m "
        "examples.compression.effort`).\n\n"
        + table(columns, [_row(key, rows) for key, rows in own.items()])
        + "\n\n"
        + _said(own)
    )


def _row(key: tuple[Any, ...], runs: Runs) -> tuple[str, ...]:
    shown = (_by(runs, name) for name in ("minimax", "magnitude", "uniform"))
    cells = (percent(of(rows, "accuracy")) if rows else "" for rows in shown)
    return (_training(key), *cells, signed(_ahead(runs, "uniform")))


def _training(key: tuple[Any, ...]) -> str:
    optimiser, rate, n_train, epochs = key
    times = "1 epoch" if epochs == 1 else f"{epochs} epochs"
    name = {"sgd": "SGD", "adamw": "Adam"}[optimiser]
    return f"{name} {rate:g}, {times} of {n_train:,} images"


def _said(own: dict[tuple[Any, ...], Runs]) -> str:
    gaps = {key: _ahead(runs, "uniform").mean for key, runs in own.items()}
    ahead = [_training(key) for key, gap in gaps.items() if gap >= ENOUGH]
    rivals = {key: runs for key, runs in own.items() if _by(runs, "magnitude")}
    as_good = [_training(k) for k, runs in rivals.items() if _ahead(runs, "magnitude").mean <= 0]
    return (
        f"Minimax is {100 * ENOUGH:g} points ahead of every layer alike with: "
        f"{'; '.join(ahead) or 'none'}. One-shot magnitude is as good as minimax or better, in the "
        f"mean, with: {'; '.join(as_good) or 'none of those in which it was tried'}."
    )


def _ahead(runs: Runs, rival: str) -> Interval:
    """Return by how much minimax is better than a rival, on the seeds that both have."""
    by_seed = {run["seed"]: run["accuracy"] for run in _by(runs, rival)}
    both = [run for run in _by(runs, "minimax") if run["seed"] in by_seed]
    return paired(of(both, "accuracy"), [by_seed[run["seed"]] for run in both])


def _by(runs: Runs, method: str) -> Runs:
    return [run for run in runs if run["method"] == method]
