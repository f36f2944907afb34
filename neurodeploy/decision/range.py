"""`Range`: low, nominal and high of a figure, and what nobody knows of it."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from neurodeploy.report.metric import Metric

_MISSING = re.compile(r"missing: ([^;]*)")


class Bound(StrEnum):
    """Which side of a figure is open, because terms of it are unknown."""

    NONE = ""
    AT_LEAST = "at least"
    AT_MOST = "at most"


@dataclass(frozen=True, slots=True, kw_only=True)
class Range:
    """Three estimates of one figure.

    Parameters
    ----------
    missing : terms of it that nobody knows; it is a `bound` then.
    """

    low: float
    nominal: float
    high: float
    missing: tuple[str, ...] = ()
    bound: Bound = Bound.NONE


def range_of(metric: Metric | None) -> Range | None:
    """Return the ends of a figure; None where it is unknown."""
    if metric is None or metric.value is None:
        return None
    missing = missing_in(metric)
    return Range(
        low=metric.value if metric.low is None else metric.low,
        nominal=metric.value,
        high=metric.value if metric.high is None else metric.high,
        missing=missing,
        bound=Bound.AT_LEAST if missing else Bound.NONE,
    )


def missing_in(metric: Metric) -> tuple[str, ...]:
    """Return the terms that a figure lacks, as its note says."""
    found = _MISSING.search(metric.note)
    return () if found is None else tuple(name.strip() for name in found.group(1).split(","))


def rising(compute: Callable[..., float], *parts: Range) -> Range:
    """Return `compute` at each end, of a function that no part makes smaller.

    The ends are sorted, for parts of different origin need not move together.
    """
    ends = (
        compute(*(part.low for part in parts)),
        compute(*(part.nominal for part in parts)),
        compute(*(part.high for part in parts)),
    )
    missing = tuple(dict.fromkeys(name for part in parts for name in part.missing))
    return Range(
        low=min(ends),
        nominal=ends[1],
        high=max(ends),
        missing=missing,
        bound=Bound.AT_LEAST if missing else Bound.NONE,
    )


def falling(compute: Callable[[float], float], part: Range) -> Range:
    """Return `compute` at each end, of a function that `part` makes smaller."""
    return Range(
        low=compute(part.high),
        nominal=compute(part.nominal),
        high=compute(part.low),
        missing=part.missing,
        bound=Bound.AT_MOST if part.missing else Bound.NONE,
    )
