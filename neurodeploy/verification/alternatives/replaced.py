"""A layer in which one projection is another."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from neurodeploy.program import Direct, Projection
from neurodeploy.verification.alternatives.alternative import Alternative, Rule
from neurodeploy.verification.layer import Layer


def replaced(layer: Layer, rule: Rule, says: str, projection: Projection) -> Alternative:
    """Return the alternative in which `projection` takes the place of the one of its name."""
    projections = tuple(
        projection if other.name == projection.name else other for other in layer.projections
    )
    return Alternative(rule=rule, says=says, layer=replace(layer, projections=projections))


def with_weights(projection: Projection, mantissa: NDArray[np.integer]) -> Projection:
    """Return `projection` with other mantissas."""
    assert not isinstance(projection.operator, Direct)
    operator = replace(projection.operator, mantissa=mantissa.astype(np.int32))
    return replace(projection, operator=operator)


def with_other_weights(
    layer: Layer, rule: Rule, projection: Projection, says: str, mantissa: NDArray[np.generic]
) -> Iterator[Alternative]:
    """Yield `projection` with `mantissa`, unless they are what it has; say how many change."""
    assert not isinstance(projection.operator, Direct)
    whole = np.asarray(mantissa).astype(np.int32)
    n_changed = int(np.count_nonzero(whole != projection.operator.mantissa))
    if n_changed:
        weights = "1 weight changes" if n_changed == 1 else f"{n_changed} weights change"
        words = f"projection {projection.name!r} {says} ({weights})"
        yield replaced(layer, rule, words, with_weights(projection, whole))
