"""What was promised, and whether the medians keep it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tools.bench.pairs import NOISY

Results = Mapping[str, Any]

IDLE = 0.3
"""Load average below which two threads can be compared with one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A promise: a figure of the results, at least or at most a limit."""

    name: str
    where: tuple[str, ...]
    limit: float
    unit: str = "times"
    at_most: bool = False
    needs_idle: bool = False


LINES = (
    Line(
        name="MNIST: best batched snntorch",
        where=("work", "mnist", "peers", "snntorch 1.0.0, best"),
        limit=12,
    ),
    Line(
        name="MNIST: snntorch, batch 1",
        where=("work", "mnist", "peers", "snntorch 1.0.0, batch 1"),
        limit=120,
    ),
    Line(
        name="MNIST: Lava, fixed point",
        where=("work", "mnist", "peers", "lava-nc 0.10.0, fixed point"),
        limit=300,
    ),
    Line(
        name="MNIST, counting (L1): SANA-FE simple, by step",
        where=("work", "mnist", "peers", "SANA-FE 2.2.9, simple, a step of ours at L1"),
        limit=1000,
    ),
    Line(
        name="MNIST: share of a bare accumulate kernel",
        where=("bound", "mnist"),
        limit=0.40,
        unit="of it",
    ),
    Line(
        name="SCNN: torch loop in floats",
        where=("work", "scnn", "peers", "torch loop, floats, batch 32"),
        limit=4,
    ),
    Line(
        name="L3: SANA-FE detailed, by step",
        where=("work", "mnist", "peers", "SANA-FE 2.2.9, detailed, a step of ours at L3"),
        limit=50,
    ),
    Line(name="two threads over one", where=("threads",), limit=1.85, needs_idle=True),
    Line(
        name="peak memory, bytes for one more sample",
        where=("memory",),
        limit=2000,
        unit="bytes",
        at_most=True,
    ),
    Line(
        name="neurodeploy profile of the demo, warm cache",
        where=("starting", "neurodeploy profile, demo, warm cache"),
        limit=3,
        unit="s",
        at_most=True,
    ),
)


def verdict(line: Line, results: Results) -> tuple[str, str]:
    """Return the figure and what it means: kept, missed, too noisy, not measured."""
    found: Any = results
    for key in line.where:
        found = found.get(key) if isinstance(found, Mapping) else None
    if not isinstance(found, Mapping) or "ratio" not in found:
        why = found.get("skipped", "") if isinstance(found, Mapping) else ""
        return "", f"not measured{': ' + why if why else ''}"
    value, spread = found["ratio"], found["spread"]
    figure = f"{value:.3g} {line.unit}, spread {100 * spread:.0f} %"
    if line.needs_idle and found["load"] >= IDLE:
        return figure, f"not measurable: load {found['load']:.1f}"
    if spread > NOISY:
        return figure, "too noisy"
    return figure, "kept" if (
        value <= line.limit if line.at_most else value >= line.limit
    ) else "missed"
