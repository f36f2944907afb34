"""Fold the one factor of a whole layer into the weights behind it."""

from dataclasses import dataclass, replace

import numpy as np

from neurodeploy.model import (
    Affine,
    AvgPool2d,
    Conv1d,
    Conv2d,
    Flatten,
    Model,
    Operator,
    Projection,
    Scale,
    Select,
    SumPool2d,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class FoldScale:
    """Multiply each Scale of a single value into the weights behind it.

    Pools, selections and flattening, for which ``f(c x) = c f(x)``, may stand between; without
    weights behind them the factor goes to their end. Else a selection behind a factor would be
    written out as a matrix.
    """

    def apply(self, model: Model) -> Model:
        """Return `model` with its factors folded; itself if it has none to be folded."""
        folded = tuple(_folded(p) for p in model.projections)
        if all(new is old for new, old in zip(folded, model.projections, strict=True)):
            return model
        return replace(model, projections=folded)


def _folded(projection: Projection) -> Projection:
    chain: list[Operator] = []
    factor: float | None = None
    for operator in projection.chain:
        match operator:
            case Scale() if operator.scale.size == 1:
                factor = (1.0 if factor is None else factor) * float(operator.scale.ravel()[0])
            case Affine() | Conv1d() | Conv2d() if factor is not None:
                chain.append(replace(operator, weight=operator.weight * factor))
                factor = None
            case AvgPool2d() | SumPool2d() | Flatten() | Select():
                chain.append(operator)
            case _:
                chain += [*_scale(factor), operator]
                factor = None
    chain += _scale(factor)
    unchanged = [type(o) for o in chain] == [type(o) for o in projection.chain]
    return projection if unchanged else replace(projection, chain=tuple(chain))


def _scale(factor: float | None) -> list[Operator]:
    return [] if factor is None else [Scale(scale=np.array(factor))]
