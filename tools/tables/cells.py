"""Cells of the tables of docs, from what the programs in `examples` wrote."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from neurodeploy.report.interval import Interval, interval

RESULTS = Path(__file__).resolve().parents[2] / "examples" / "results"


def read(name: str) -> Any:
    return json.loads((RESULTS / f"{name}.json").read_text())


def of(runs: Sequence[dict[str, float]], key: str) -> list[float]:
    return [run[key] for run in runs]


def minutes(runs: Sequence[dict[str, float]]) -> str:
    return f"{interval(of(runs, 'cpu_s')).mean / 60:.1f} min"


def percent(values: Sequence[float]) -> str:
    found = interval(values)
    each = " ".join(f"{100 * value:.2f}" for value in values)
    return f"{100 * found.mean:.2f} % ({each})"


def points(values: Sequence[float]) -> str:
    return f"{100 * interval(values).mean:.2f} %"


def signed(found: Interval) -> str:
    return f"{100 * found.mean:+.2f} ± {100 * found.half_width:.2f} points"


def table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [columns, ["---"] * len(columns), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)
