"""Fold BatchNorm into the weights before it."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from neurodeploy.model import Affine, BatchNorm, Conv1d, Conv2d, Model, Operator, Projection
from neurodeploy.model.batchnorm import standing_alone

_Weighted = Affine | Conv1d | Conv2d


@dataclass(frozen=True, slots=True, kw_only=True)
class FoldBatchNorm:
    """Multiply each BatchNorm's factor into the weights before it, add its offset to their bias.

    ``gamma (W x + b - mean) / sqrt(var + eps) + beta`` has weights ``f W`` and the bias
    ``f b + beta - f mean``, f being ``gamma / sqrt(var + eps)`` per output channel (Jacob et al.
    2018, section 3.2). Without an Affine or convolution directly before it, as in networks that
    normalise before they activate, it becomes a factor and an offset of each channel.
    """

    def __call__(self, model: Model) -> Model:
        """Return `apply` of `model`."""
        return self.apply(model)

    def apply(self, model: Model) -> Model:
        """Return `model` without BatchNorm; itself if it has none."""
        holders = [p for p in model.projections if any(isinstance(o, BatchNorm) for o in p.chain)]
        if not holders:
            return model
        folded = {p.name: replace(p, chain=_folded(p, model)) for p in holders}
        lines = [_line(p, folded[p.name]) for p in holders]
        return replace(
            model,
            projections=tuple(folded.get(p.name, p) for p in model.projections),
            history=(*model.history, *lines),
        )


def _folded(projection: Projection, model: Model) -> tuple[Operator, ...]:
    shape = model.node(projection.sources[0]).shape
    done: list[Operator] = []
    for operator in projection.chain:
        before = done[-1] if done else None
        shape = operator.output_shape(shape)
        match operator, before:
            case BatchNorm(), Affine() | Conv1d() | Conv2d():
                done[-1] = _fold(before, operator)
            case BatchNorm(), _:
                done += standing_alone(operator, len(shape))
            case _:
                done.append(operator)
    return tuple(done)


def _line(before: Projection, after: Projection) -> str:
    n_norms = sum(isinstance(operator, BatchNorm) for operator in before.chain)
    if len(after.chain) == len(before.chain) - n_norms:
        return f"BatchNorm folded into the weights of {before.name!r}"
    return f"BatchNorm of {before.name!r}, without weights before it, became operators of its own"


def _fold(before: _Weighted, norm: BatchNorm) -> _Weighted:
    channels = (-1, *[1] * (before.weight.ndim - 1))
    bias: NDArray[np.float64] = np.zeros(1) if before.bias is None else before.bias
    return replace(
        before,
        weight=before.weight * norm.factor.reshape(channels),
        bias=bias * norm.factor + norm.offset,
    )
