"""One sum of costs over another, when both are sums over the same uncertain coefficients."""

from collections.abc import Sequence
from dataclasses import dataclass

from neurodeploy.report.cost import Cost
from neurodeploy.report.metric import Metric

Figure = Cost | Metric


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """One term of both sums at the nominal estimate, and how far its coefficient may be off.

    Parameters
    ----------
    low, high : factors of the coefficient, at most and at least 1.
    """

    part: float
    whole: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Ratio:
    """A quotient and the least and largest that the coefficients allow."""

    value: float
    low: float
    high: float


def pair(part: Figure, whole: Figure) -> Pair | None:
    """Return one component of two runs as a pair; None where nothing is known, or it is 0."""
    known = whole if whole.value else part
    if not known.value or known.low is None or known.high is None:
        return None
    return Pair(
        part=part.value or 0.0,
        whole=whole.value or 0.0,
        low=known.low / known.value,
        high=known.high / known.value,
    )


def ratio(pairs: Sequence[Pair]) -> Ratio | None:
    """Return ``sum(f part) / sum(f whole)`` with every factor f anywhere in its interval.

    The quotient is largest where the factors of all pairs above some quotient are high and of all
    others low (a linear-fractional function of a box has its extremes at corners sorted by their
    own quotients: Charnes and Cooper 1962), so one pass over the sorted pairs finds it.
    """
    whole = sum(p.whole for p in pairs)
    if not whole:
        return None
    ordered = sorted(pairs, key=lambda p: p.part / p.whole if p.whole else float("inf"))
    quotients = [
        _at(ordered, cut, rising=rising)
        for cut in range(len(ordered) + 1)
        for rising in (True, False)
    ]
    return Ratio(value=sum(p.part for p in pairs) / whole, low=min(quotients), high=max(quotients))


def _at(ordered: Sequence[Pair], cut: int, *, rising: bool) -> float:
    """Return the quotient with low factors before `cut` and high ones after, or the reverse."""
    factors = [p.low if (k < cut) == rising else p.high for k, p in enumerate(ordered)]
    part = sum(f * p.part for f, p in zip(factors, ordered, strict=True))
    return part / sum(f * p.whole for f, p in zip(factors, ordered, strict=True))
