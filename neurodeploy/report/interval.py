"""Means of a few runs with 95 % intervals, single and paired by seed."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

CONFIDENCE = 0.95


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """A mean of `n` values and what is added and taken away for 95 % confidence.

    `half_width` is NaN where one value says nothing of the spread.
    """

    mean: float
    half_width: float
    n: int

    @property
    def low(self) -> float:
        """Lower end."""
        return self.mean - self.half_width

    @property
    def high(self) -> float:
        """Upper end."""
        return self.mean + self.half_width


def interval(values: Sequence[float]) -> Interval:
    """Return the mean of `values` with Student's interval (Student 1908)."""
    from scipy.special import stdtrit  # slow to import

    n = len(values)
    if not n:
        raise ValueError("no values, so no mean")
    if n == 1:
        return Interval(mean=float(values[0]), half_width=math.nan, n=1)
    quantile = float(stdtrit(n - 1, 0.5 + CONFIDENCE / 2))
    spread = float(np.std(values, ddof=1)) / math.sqrt(n)
    return Interval(mean=float(np.mean(values)), half_width=quantile * spread, n=n)


def paired(first: Sequence[float], second: Sequence[float]) -> Interval:
    """Return the interval of ``first - second``, values at one place belonging together.

    What a pair shares, such as its seed, does not widen the interval.
    """
    return interval([a - b for a, b in zip(first, second, strict=True)])
