"""Integers against the range that a chip allows."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from neurodeploy.hardware.hardware import NumberRanges
from neurodeploy.hardware.quantity import Evidence
from neurodeploy.hardware.violation import Violation

Ends = tuple[int, int]


def outside(
    where: str, what: str, values: NDArray[np.integer], allowed: Ends, remedy: str, known: str
) -> Iterator[Violation]:
    """Yield a violation that names the extremes of `values` that lie outside `allowed`."""
    if not values.size:
        return
    found = sorted({int(values.min()), int(values.max())})
    wrong = [str(value) for value in found if not allowed[0] <= value <= allowed[1]]
    if wrong:
        yield Violation(
            where=where,
            found=f"{what} of {' and '.join(wrong)}",
            allowed=f"{allowed[0]}..{allowed[1]}{known}",
            remedy=remedy,
        )


def remark(ranges: NumberRanges, name: str) -> str:
    """Return what to add to a rule of the chip that is only assumed, or nothing."""
    provenance = ranges.provenance.get(name)
    assumed = provenance is not None and provenance.evidence is Evidence.ASSUMED
    return " (assumed)" if assumed else ""
