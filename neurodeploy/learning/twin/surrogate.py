"""Surrogate gradients: what stands for the derivative of the step ``u > 0`` on the way back.

``u`` is the voltage minus the threshold, in the model's own units.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Any

import torch
from torch import Tensor

from neurodeploy.errors import InputError


class Shape(StrEnum):
    """Families of surrogates; `Surrogate.width` means what the family's line says.

    ``triangular``: max(0, width - |u|) / width^2 (Bellec et al. 2018). ``exponential``: scale
    exp(-width |u|) (Shrestha and Orchard 2018). ``rectangular``: 1 / width where |u| < width / 2
    (Wu et al. 2018). ``straight-through``: 1. ``arctan``: (width / 2) / (1 + (pi width u / 2)^2)
    (Fang et al. 2021). ``fast-sigmoid``: 1 / (1 + width |u|)^2 (Zenke and Ganguli 2018).
    """

    TRIANGULAR = "triangular"
    EXPONENTIAL = "exponential"
    RECTANGULAR = "rectangular"
    STRAIGHT_THROUGH = "straight-through"
    ARCTAN = "arctan"
    FAST_SIGMOID = "fast-sigmoid"


@dataclass(frozen=True, slots=True, kw_only=True)
class Surrogate:
    """One member of a family; `scale` multiplies it."""

    shape: Shape = Shape.TRIANGULAR
    width: float = 1.0
    scale: float = 1.0

    def __post_init__(self) -> None:
        if not self.width > 0:
            raise InputError("ND2801", f"a surrogate's width is {self.width:g}, expected above 0")

    def slope(self, u: Tensor) -> Tensor:
        """Return what stands for the derivative at `u`."""
        return self.scale * _SLOPES[self.shape](u, self.width)


def spike(u: Tensor, surrogate: Surrogate) -> Tensor:
    """Return 1 where ``u > 0``, else 0; its gradient is the surrogate's slope."""
    spikes: Tensor = _Step.apply(u, surrogate)  # type: ignore[no-untyped-call]  # torch's
    return spikes


class _Step(torch.autograd.Function):
    @staticmethod
    def forward(context: Any, u: Tensor, surrogate: Surrogate) -> Tensor:
        context.save_for_backward(u)
        context.surrogate = surrogate
        return (u > 0).to(u.dtype)

    @staticmethod
    def backward(context: Any, *gradients: Tensor) -> tuple[Tensor, None]:
        (u,) = context.saved_tensors
        return gradients[0] * context.surrogate.slope(u), None


def _triangular(u: Tensor, width: float) -> Tensor:
    return torch.clamp(width - u.abs(), min=0.0) / width**2


def _exponential(u: Tensor, width: float) -> Tensor:
    return torch.exp(-width * u.abs())


def _rectangular(u: Tensor, width: float) -> Tensor:
    return (u.abs() < width / 2).to(u.dtype) / width


def _straight_through(u: Tensor, width: float) -> Tensor:
    del width
    return torch.ones_like(u)


def _arctan(u: Tensor, width: float) -> Tensor:
    return (width / 2) / (1 + (math.pi / 2 * width * u) ** 2)


def _fast_sigmoid(u: Tensor, width: float) -> Tensor:
    return 1 / (1 + width * u.abs()) ** 2


_SLOPES: Mapping[Shape, Callable[[Tensor, float], Tensor]] = MappingProxyType(
    {
        Shape.TRIANGULAR: _triangular,
        Shape.EXPONENTIAL: _exponential,
        Shape.RECTANGULAR: _rectangular,
        Shape.STRAIGHT_THROUGH: _straight_through,
        Shape.ARCTAN: _arctan,
        Shape.FAST_SIGMOID: _fast_sigmoid,
    }
)
