"""The Pareto front: points that no other point beats in every objective."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Objective:
    """A metric of the registry, and whether less of it is better."""

    metric: str
    minimise: bool


def front(
    values: Sequence[Sequence[float | None]], objectives: Sequence[Objective]
) -> tuple[int, ...]:
    """Return the indices of the points on the front, in order.

    A point is off the front if another is at least as good in every objective and better in one;
    equal points are all on it. A point with an unknown value cannot be placed, and is off it.

    Parameters
    ----------
    values : by point, by objective; None is unknown.
    """
    known = [k for k, point in enumerate(values) if None not in point]
    if not known:
        return ()
    signs = np.asarray([1.0 if objective.minimise else -1.0 for objective in objectives])
    table = np.asarray([values[k] for k in known], np.float64) * signs
    return tuple(k for k, own in zip(known, table, strict=True) if not _beaten(own, table))


def _beaten(own: NDArray[np.float64], table: NDArray[np.float64]) -> bool:
    as_good = (table <= own).all(axis=1)
    better = (table < own).any(axis=1)
    return bool((as_good & better).any())
