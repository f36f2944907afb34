"""Cases whose weights are those that a core of Loihi keeps, for targets that take no others."""

import math
from dataclasses import replace

import numpy as np

from neurodeploy.program import Dense, Projection, Sparse
from neurodeploy.program.fixed_point import stored_mantissa
from neurodeploy.target.conformance.case import Case

_LARGEST = 254


def as_stored(case: Case) -> Case:
    """Return `case` with dense and sparse weights of 8 bits, even where signs are mixed.

    Larger weights are shifted right and their exponent raised, so that thresholds stay in reach.
    """
    projections = tuple(_stored(projection) for projection in case.program.projections)
    return replace(case, program=replace(case.program, projections=projections))


def _stored(projection: Projection) -> Projection:
    operator = projection.operator
    if not isinstance(operator, Dense | Sparse):
        return projection
    largest = int(np.abs(operator.mantissa).max(initial=0))
    shift = max(0, math.ceil(math.log2(largest / _LARGEST))) if largest else 0
    mantissa = stored_mantissa(operator.mantissa >> shift)
    return replace(
        projection,
        operator=replace(operator, mantissa=mantissa),
        weight_exp=projection.weight_exp + shift,
    )
