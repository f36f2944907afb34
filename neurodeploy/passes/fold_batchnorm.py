"""Fold BatchNorm into the weights before it."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from neurodeploy.errors import DoesNotCompile
from neurodeploy.model import Affine, BatchNorm, Conv1d, Conv2d, Model, Operator, Projection

_Weighted = Affine | Conv1d | Conv2d


@dataclass(frozen=True, slots=True, kw_only=True)
class FoldBatchNorm:
    """Multiply each BatchNorm's factor into the weights before it, add its offset to their bias.

    ``gamma (W x + b - mean) / sqrt(var + eps) + beta`` has weights ``f W`` and the bias
    ``f b + beta - f mean``, f being ``gamma / sqrt(var + eps)`` per output channel (Jacob et al.
    2018, section 3.2).
    """

    def __call__(self, model: Model) -> Model:
        """Return `apply` of `model`."""
        return self.apply(model)

    def apply(self, model: Model) -> Model:
        """Return `model` without BatchNorm; itself if it has none.

        Raises
        ------
        DoesNotCompile
            If there is no Affine or convolution directly before a BatchNorm (ND3110): all by name.
        """
        holders = [p for p in model.projections if any(isinstance(o, BatchNorm) for o in p.chain)]
        problems = [problem for p in holders for problem in _problems(p)]
        if problems:
            raise DoesNotCompile("ND3110", *problems)
        if not holders:
            return model
        folded = tuple(replace(p, chain=_folded(p.chain)) for p in model.projections)
        lines = [f"BatchNorm folded into the weights of {p.name!r}" for p in holders]
        return replace(model, projections=folded, history=(*model.history, *lines))


def _problems(projection: Projection) -> list[str]:
    before: Operator | None = None
    found = []
    for operator in projection.chain:
        if isinstance(operator, BatchNorm) and not isinstance(before, _Weighted):
            what = "nothing" if before is None else type(before).__name__
            found.append(
                f"projection {projection.name!r}: BatchNorm follows {what}; it folds only into "
                "an Affine or convolution directly before it, move it there"
            )
        if not (isinstance(operator, BatchNorm) and isinstance(before, _Weighted)):
            before = operator
    return found


def _folded(chain: tuple[Operator, ...]) -> tuple[Operator, ...]:
    done: list[Operator] = []
    for operator in chain:
        before = done[-1] if done else None
        if isinstance(operator, BatchNorm) and isinstance(before, _Weighted):
            done[-1] = _fold(before, operator)
        else:
            done.append(operator)
    return tuple(done)


def _fold(before: _Weighted, norm: BatchNorm) -> _Weighted:
    channels = (-1, *[1] * (before.weight.ndim - 1))
    bias: NDArray[np.float64] = np.zeros(1) if before.bias is None else before.bias
    return replace(
        before,
        weight=before.weight * norm.factor.reshape(channels),
        bias=bias * norm.factor + norm.offset,
    )
