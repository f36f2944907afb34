"""Constants that are added: in a bias, or in an operator of their own."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from neurodeploy.frontends.snntorch.signal import Weighted
from neurodeploy.model import (
    Affine,
    BatchNorm,
    Conv1d,
    Conv2d,
    Operator,
    Shift,
)
from neurodeploy.model.batchnorm import standing_alone

Floats = NDArray[np.float64]
Shape = tuple[int, ...]


def shifted(chain: tuple[Operator, ...], offset: Floats) -> tuple[Operator, ...] | None:
    """Return `chain` with `offset` in the bias of its last operator; None if it has none such."""
    last = chain[-1] if chain else None
    if not isinstance(last, Affine | Conv1d | Conv2d):
        return None
    values = _per_channel(offset, (len(last.weight), *[1] * (last.weight.ndim - 2)))
    if values is None:
        return None
    bias = values if last.bias is None else last.bias + values
    return (*chain[:-1], replace(last, bias=bias))


def offset_alone(offset: Floats, shape: Shape) -> Operator:
    """Return the operator that adds `offset` to values of `shape`; on pixels, a convolution."""
    values = _per_channel(offset, (shape[0], *[1] * (len(shape) - 1)))
    if values is None or len(shape) == 1:
        return Shift(shift=offset)
    weight, groups = np.ones((shape[0], *[1] * len(shape))), shape[0]
    if len(shape) == 2:
        return Conv1d(weight=weight, bias=values, groups=groups)
    return Conv2d(weight=weight, bias=values, groups=groups)


def settled(
    chain: tuple[Operator, ...], operators: tuple[Operator, ...], shape: Shape
) -> tuple[Operator, ...]:
    """Return `operators` that follow `chain`, a BatchNorm in a form that needs no weights before.

    That is a convolution of each channel with one weight, or a factor and an offset without pixels.
    """
    last = chain[-1] if chain else None
    match operators:
        case (BatchNorm() as norm,) if not isinstance(last, Weighted):
            return standing_alone(norm, len(shape))
    return operators


def _per_channel(offset: Floats, channels: Shape) -> Floats | None:
    """Return one value a channel, or None if `offset` differs within a channel."""
    try:
        return np.broadcast_to(offset, channels).ravel()
    except ValueError:
        return None
