"""Least squares that says which coefficients the measurements identify."""

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
    """Return the coefficients of ``measured = design @ coefficients`` that are surely above 0.

    A column is identified if its unit vector lies in the row space of the design, and it is more
    than the width of its 95 % interval (Student's t, with the residuals' degrees of freedom), so
    that it lies well above 0, where every cost does. Columns that are not identified take part all
    the same, free to be what they will: held at 0 they would make the others look better known than
    they are.

    Parameters
    ----------
    names : of the columns.
    design : (row, column), not negative.
    measured : (row,), positive.
    sigma : (row,), standard deviations; None takes errors in proportion to what is measured.
    offset : (row,), what was taken off the measurements before, and is part of that proportion.
    """
    used = np.flatnonzero(design.any(axis=0)).tolist()
    refused = {names[k]: "no run has such an event" for k in range(len(names)) if k not in used}
    design, names = design[:, used], [names[k] for k in used]
    confused = _confused(design)
    refused |= {
        names[k]: f"the runs cannot tell it from {', '.join(names[j] for j in others)}"
        for k, others in confused.items()
    }
    solution, spread = _settled(design, measured, sigma, offset)
    residuals = (measured - design @ solution) / spread
    margins = _margins(design / spread[:, None], residuals, stated=sigma is not None)
    estimates: dict[str, Estimate] = {}
    for k, (name, value) in enumerate(zip(names, solution.tolist(), strict=True)):
        if k in confused:
            continue
        if margins is None:
            refused[name] = "there are no more runs than coefficients, so no error can be told"
        elif value < 2 * margins[k]:
            refused[name] = "its 95 % interval is wider than the figure itself, or reaches below 0"
        else:
            low, high = value - margins[k], value + margins[k]
            estimates[name] = Estimate(value=value, low=low, high=high)
    return Fit(estimates=estimates, refused=refused, fitted=design @ solution)


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
    """Return the weighted solution; where columns go together, the shortest of all."""
    scaled, lengths = _scaled(design / spread[:, None])
    solution = np.linalg.lstsq(scaled, measured / spread, _RANK_TOLERANCE)[0]
    return np.asarray(solution / lengths, np.float64)


def _scaled(design: Floats) -> tuple[Floats, Floats]:
    lengths: Floats = np.linalg.norm(design, axis=0)
    return design / lengths, lengths


def _margins(weighted: Floats, residuals: Floats, *, stated: bool) -> list[float] | None:
    """Return half of each column's 95 % interval; None where no degree of freedom is left.

    Errors that were stated are widened where the residuals are larger, and never narrowed.
    """
    from scipy.stats import t as student

    scaled, lengths = _scaled(weighted)
    singular, rows = _row_space(scaled)
    freedom = len(residuals) - len(singular)
    if freedom <= 0:
        return None
    variance = float(residuals @ residuals) / freedom
    variance = max(variance, 1.0) if stated else variance
    quantile = float(student.ppf((1 + CONFIDENCE) / 2, freedom))
    errors = np.sqrt(variance * np.sum((rows / singular[:, None]) ** 2, axis=0)) / lengths
    return [quantile * error for error in errors.tolist()]
