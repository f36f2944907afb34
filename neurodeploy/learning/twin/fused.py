"""`Fused`: backpropagation through time as one function, with the same values in less time.

Autograd keeps and visits every operation of every step; here the voltages before the reset are
kept, and the way back is written out. Training against perturbed samples runs four passes a batch.
"""

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from neurodeploy.learning.twin.parameters import Parameters
from neurodeploy.learning.twin.paths import ThroughTime
from neurodeploy.learning.twin.surrogate import Surrogate
from neurodeploy.model import If, Lif, Population
from neurodeploy.terms import Reset


@dataclass(frozen=True, slots=True)
class Fused:
    """As `ThroughTime`, for If and Lif neurons that reset at once and rest at 0."""

    def run(
        self,
        population: Population,
        parameters: Parameters | None,
        arriving: Tensor,
        surrogate: Surrogate,
    ) -> Tensor:
        """Return the outputs for what arrives."""
        if parameters is None or not _is_plain(population, parameters):
            return ThroughTime().run(population, parameters, arriving, surrogate)
        gain, keep = parameters.value("gain"), 1.0 - parameters.leak("leak_v")
        current = arriving if bool((gain == 1).all()) else gain * arriving
        hard = population.reset is Reset.ZERO
        outputs: Tensor = _Steps.apply(  # type: ignore[no-untyped-call]  # torch's
            _channels_last(current),
            parameters.theta(),
            None if bool((keep == 1).all()) else keep,
            parameters.value("v0").to(current.dtype),
            parameters.value("v_reset").to(current.dtype) if hard else None,
            surrogate,
        )
        return outputs


def _is_plain(population: Population, parameters: Parameters) -> bool:
    trained = {name for name, value in parameters.named_parameters() if value.requires_grad}
    return (
        isinstance(population.neuron, If | Lif)
        and population.reset in (Reset.ZERO, Reset.SUBTRACT)
        and not parameters.resting
        and not trained - {"threshold_scale"}
    )


def _channels_last(current: Tensor) -> Tensor:
    """Return what arrives as convolutions on a processor like it best; a repeated step once."""
    if current.dim() != 5 or current.is_cuda:
        return current
    if current.stride(0) == 0:
        return current[0].contiguous(memory_format=torch.channels_last).expand(current.shape)
    flat = current.flatten(0, 1).contiguous(memory_format=torch.channels_last)
    return flat.view(current.shape)


class _Steps(torch.autograd.Function):
    """``v = keep v + current; s = v > theta; v = v_reset where s``, or ``v - theta s``.

    A reset passes no gradient through its spike.
    """

    @staticmethod
    def forward(
        context: Any,
        current: Tensor,
        theta: Tensor,
        keep: Tensor | None,
        v0: Tensor,
        v_reset: Tensor | None,
        surrogate: Surrogate,
    ) -> Tensor:
        volts = torch.empty_strided(
            current.shape, _dense(current), dtype=current.dtype, device=current.device
        )
        spikes = torch.empty_like(volts)
        v = torch.zeros_like(volts[0]) + v0
        for k, x in enumerate(current):
            if keep is not None:
                v = keep * v
            torch.add(v, x, out=volts[k])
            fired = volts[k] > theta
            spikes[k] = fired
            v = volts[k] - theta * spikes[k] if v_reset is None else volts[k]
            if v_reset is not None:
                v = torch.where(fired, v_reset, v)
        context.save_for_backward(volts, theta, keep)
        context.hard, context.surrogate = v_reset is not None, surrogate
        return spikes

    @staticmethod
    def backward(context: Any, *gradients: Tensor) -> tuple[Tensor | None, ...]:
        (given,) = gradients
        volts, theta, keep = context.saved_tensors
        back = torch.empty_like(volts)
        wants_theta = context.needs_input_grad[1]
        of_theta = torch.zeros_like(theta) if wants_theta else None
        after: Tensor | None = None  # gradient of the voltage that a step leaves
        for k in reversed(range(len(volts))):
            u = volts[k] - theta
            of_spike = given[k] * context.surrogate.slope(u)
            if of_theta is not None:
                of_theta = of_theta - of_spike.sum_to_size(theta.shape)
            if after is None:
                back[k] = of_spike
            elif context.hard:
                torch.add(of_spike, after.masked_fill(u > 0, 0.0), out=back[k])
            else:
                torch.add(of_spike, after, out=back[k])
                if of_theta is not None:
                    of_theta = of_theta - (after * (u > 0)).sum_to_size(theta.shape)
            after = back[k] if keep is None else keep * back[k]
        return back, of_theta, None, None, None, None


def _dense(current: Tensor) -> tuple[int, ...]:
    """Return the strides of a tensor of its shape that keeps the order of axes within a step."""
    step = torch.empty_like(current[0])
    return (step.numel(), *step.stride())
