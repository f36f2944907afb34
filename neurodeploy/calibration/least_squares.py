"""Non-negative least squares that says which coefficients the measurements identify."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

CONFIDENCE = 0.95
_RANK_TOLERANCE = 1e-8
"""Singular values below this share of the largest, of columns of equal length, count as 0."""

_PASSES = 5
"""Times the weights are made anew from the fit; errors in proportion settle after two or three."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """A coefficient that the measurements identify, and the ends of its 95 % interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Fit:
    """What the measurements say of every column.

    Parameters
    ----------
    estimates : of the columns that are identified, by name.
    refused : why, of the others, by name.
    fitted : (row,), what all columns together give for each measurement.
    """

    estimates: Mapping[str, Estimate]
    refused: Mapping[str, str]
    fitted: Floats


def fit(
    names: Sequence[str],
    design: Floats,
    measured: Floats,
    sigma: Floats | None = None,
    *,
    offset: Floats | float = 0.0,
) -> Fit:
    """Return the coefficients of ``measured = design @ coefficients``, none below 0.

    A column is identified if its unit vector lies in the row space of the design, and its 95 %
    interval (Student's t, with the residuals' degrees of freedom) lies above 0. Columns that are
    not identified take part all the same, so that they bias no other.

    Parameters
    ----------
    names : of the columns.
    design : (row, column), not negative.
    measured : (row,), positive.
    sigma : (row,), standard deviations; None takes errors in proportion to what is measured.
    offset : (row,), what was taken off the measurements before, and is part of that proportion.
    """
    used = np.flatnonzero(design.any(axis=0))
    refused = {names[k]: "no run has such an event" for k in range(len(names)) if k not in used}
    confused = _confused(design[:, used])
    refused |= {
        names[used[k]]: f"the runs cannot tell it from {', '.join(names[used[j]] for j in others)}"
        for k, others in confused.items()
    }
    solution, spread = _settled(design[:, used], measured, sigma, offset)
    at_zero = [k for k in np.flatnonzero(solution <= 0).tolist() if k not in confused]
    refused |= {names[used[k]]: "the fit puts it at 0, the least there is" for k in at_zero}
    free = [k for k in range(len(used)) if k not in at_zero]
    weighted = design[:, used[free]] / spread[:, None]
    residuals = (measured - design[:, used] @ solution) / spread
    margins = _margins(weighted, residuals, stated=sigma is not None)
    estimates: dict[str, Estimate] = {}
    for k, margin in zip(free, margins, strict=True):
        name, value = names[used[k]], float(solution[k])
        if k in confused:
            continue
        if margin is None:
            refused[name] = "there are no more runs than coefficients, so no error can be told"
        elif value <= margin:
            refused[name] = "its 95 % interval reaches 0"
        else:
            estimates[name] = Estimate(value=value, low=value - margin, high=value + margin)
    return Fit(estimates=estimates, refused=refused, fitted=design[:, used] @ solution)


def _confused(design: Floats) -> dict[int, list[int]]:
    """Return the columns that others can stand in for, each with those others.

    The null space of the design, its columns scaled to one length, has a part in their direction.
    """
    scaled, _ = _scaled(design)
    rows = _row_space(scaled)[1]
    null = np.eye(scaled.shape[1]) - rows.T @ rows
    return {
        k: [j for j in np.flatnonzero(np.abs(null[k]) > 1e-6).tolist() if j != k]
        for k in np.flatnonzero(np.diag(null) > 1e-6).tolist()
    }


def _row_space(scaled: Floats) -> tuple[Floats, Floats]:
    """Return the singular values that are not 0, and their directions (value, column)."""
    _, singular, rows = np.linalg.svd(scaled, full_matrices=False)
    rank = int(np.sum(singular > _RANK_TOLERANCE * singular.max(initial=0.0)))
    return singular[:rank], rows[:rank]


def _settled(
    design: Floats, measured: Floats, sigma: Floats | None, offset: Floats | float
) -> tuple[Floats, Floats]:
    """Return the solution and the errors (row,) that it is weighted with.

    Errors in proportion are taken of the fit and not of the measurement, which would favour those
    that came out low.
    """
    spread = measured + offset if sigma is None else sigma
    solution = _solve(design, measured, spread)
    for _ in range(_PASSES if sigma is None else 0):
        fitted = design @ solution + offset
        spread = np.where(fitted > 0, fitted, measured + offset)
        solution = _solve(design, measured, spread)
    return solution, spread


def _solve(design: Floats, measured: Floats, spread: Floats) -> Floats:
    """Return the weighted solution that is nowhere negative."""
    from scipy.optimize import nnls

    scaled, lengths = _scaled(design / spread[:, None])
    solution: Floats = nnls(scaled, measured / spread)[0] / lengths
    return solution


def _scaled(design: Floats) -> tuple[Floats, Floats]:
    lengths = np.linalg.norm(design, axis=0)
    return design / lengths, lengths


def _margins(weighted: Floats, residuals: Floats, *, stated: bool) -> list[float | None]:
    """Return half of each column's 95 % interval; None where no degree of freedom is left.

    Errors that were stated are widened where the residuals are larger, and never narrowed.
    """
    from scipy.stats import t as student

    scaled, lengths = _scaled(weighted)
    singular, rows = _row_space(scaled)
    freedom = len(residuals) - len(singular)
    if freedom <= 0:
        return [None] * len(lengths)
    variance = float(residuals @ residuals) / freedom
    variance = max(variance, 1.0) if stated else variance
    quantile = float(student.ppf((1 + CONFIDENCE) / 2, freedom))
    errors = np.sqrt(variance * np.sum((rows / singular[:, None]) ** 2, axis=0)) / lengths
    return [quantile * error for error in errors.tolist()]
