"""What nobody means: noisy sensors, lost spikes, and devices that differ from their design."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

import torch
from torch import Tensor

from neurodeploy.audits.attacks.ball import Ball
from neurodeploy.audits.attacks.ensemble import FROZEN
from neurodeploy.audits.attacks.protocol import NoiseKind
from neurodeploy.learning.twin import Twin
from neurodeploy.learning.twin.parameters import Parameters
from neurodeploy.model import Model

DEVICE: frozenset[NoiseKind] = frozenset({"weights", "thresholds", "leaks"})
"""Kinds that change the network; the others change the samples."""

COUNTS: frozenset[NoiseKind] = frozenset({"spikes", "jitter"})
"""Kinds that need a series of counts."""


def noisy(
    x: Tensor, kind: NoiseKind, level: float, ball: Ball, generator: torch.Generator
) -> Tensor:
    """Return samples as a bad sensor would give them.

    ``sensor`` adds normal noise of `level` widths of the range, kept within it. ``pixels`` loses
    each value with that chance. ``spikes`` loses each spike of a series of counts with that
    chance; ``jitter`` moves the spikes of each place and step by up to `level` steps, within the
    series.
    """
    return _ON_SAMPLES[kind](x, level, ball, generator)


def mismatched(model: Model, kind: NoiseKind, level: float, generator: torch.Generator) -> Twin:
    """Return `model` with one kind of parameter off by a normal relative error of `level` each.

    ``weights``: every synapse of its own. ``thresholds`` and ``leaks``: every neuron; a leak stays
    within 0 to 1 and the gain of the input as it is.
    """
    twin = Twin(model, trainable=FROZEN).eval()
    with torch.no_grad():
        if kind == "weights":
            for name, weight in twin.chains.named_parameters():
                if name.endswith("weight"):
                    weight.mul_(_factor(weight, level, generator))
        for held in twin.parameters_of.values():
            assert isinstance(held, Parameters)
            for name in _BUFFERS.get(kind, ()):
                _disturb(held, name, level, generator)
    return twin


_BUFFERS: Mapping[NoiseKind, tuple[str, ...]] = MappingProxyType(
    {"thresholds": ("threshold",), "leaks": ("leak_v", "leak_i")}
)


def _disturb(held: Parameters, name: str, level: float, generator: torch.Generator) -> None:
    value = held.get_buffer(name).expand(held.population.shape)
    moved = value * _factor(value, level, generator)
    if name.startswith("leak"):
        moved = moved.clamp(0.0, 1.0)
    setattr(held, name, moved)


def _factor(like: Tensor, level: float, generator: torch.Generator) -> Tensor:
    return 1.0 + level * torch.randn(like.shape, generator=generator, dtype=like.dtype)


def _sensor(x: Tensor, level: float, ball: Ball, generator: torch.Generator) -> Tensor:
    drawn = torch.randn(x.shape, generator=generator, dtype=x.dtype)
    return (x + level * (ball.high - ball.low) * drawn).clamp(ball.low, ball.high)


def _pixels(x: Tensor, level: float, ball: Ball, generator: torch.Generator) -> Tensor:
    lost = torch.rand(x.shape, generator=generator) < level
    return torch.where(lost, torch.full_like(x, ball.low), x)


def _spikes(x: Tensor, level: float, ball: Ball, generator: torch.Generator) -> Tensor:
    del ball
    return torch.binomial(x, torch.full_like(x, 1.0 - level), generator=generator)


def _jitter(x: Tensor, level: float, ball: Ball, generator: torch.Generator) -> Tensor:
    del ball
    n_steps = x.shape[1]
    by = torch.randint(-int(level), int(level) + 1, x.shape, generator=generator)
    steps = torch.arange(n_steps).reshape(1, -1, *[1] * (x.dim() - 2))
    return torch.zeros_like(x).scatter_add(1, (steps + by).clamp(0, n_steps - 1), x)


_ON_SAMPLES: Mapping[NoiseKind, Callable[[Tensor, float, Ball, torch.Generator], Tensor]] = (
    MappingProxyType({"sensor": _sensor, "pixels": _pixels, "spikes": _spikes, "jitter": _jitter})
)
