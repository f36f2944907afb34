"""A sweep as plain values: JSON, and CSV with one row a point."""

import csv
import dataclasses
import io
from typing import Any

from neurodeploy.exploration.sweep import Point, Sweep
from neurodeploy.report.metric import REGISTRY

SCHEMA = 1


def as_json(sweep: Sweep) -> dict[str, Any]:
    """Return the sweep as plain JSON values; equal inputs give equal values."""
    return {
        "schema": SCHEMA,
        "objectives": [dataclasses.asdict(objective) for objective in sweep.objectives],
        "front": list(sweep.front),
        "points": [dataclasses.asdict(point) for point in sweep.points],
    }


def as_csv(sweep: Sweep) -> str:
    """Return one row a point: the setting, then low, nominal and high of every metric."""
    names = [name for name in REGISTRY if any(name in point.metrics for point in sweep.points)]
    rows = [_row(k in sweep.front, point, names) for k, point in enumerate(sweep.points)]
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=_columns(names), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def _columns(names: list[str]) -> list[str]:
    figures = [column for name in names for column in (f"{name}_low", name, f"{name}_high")]
    return ["chip", "placement", "n_steps", "pareto", *figures, "refusal"]


def _row(on_front: bool, point: Point, names: list[str]) -> dict[str, object]:
    row: dict[str, object] = {
        "chip": point.chip,
        "placement": point.placement,
        "n_steps": point.n_steps,
        "pareto": int(on_front),
        "refusal": point.refusal,
    }
    for name in names:
        metric = point.metrics.get(name)
        if metric is not None:
            row |= {f"{name}_low": metric.low, name: metric.value, f"{name}_high": metric.high}
    return row
