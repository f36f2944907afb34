"""Loihi's integer steps on float64 tensors, exact, each passing the gradient of what it rounds.

Every integer that occurs lies far below 2^53, so float64 holds it exactly.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from neurodeploy.learning.twin.surrogate import Surrogate, spike
from neurodeploy.program import Conv, Dense, NumberFormat, Population, Projection, Sparse
from neurodeploy.terms import Reset


@dataclass(slots=True)
class State:
    """One population between two steps; (sample, neuron)."""

    u: Tensor
    v: Tensor
    spiked: Tensor


def initial(population: Population, n_samples: int) -> State:
    """Return the state before the first step."""
    u, v = (doubles(x.ravel()).expand(n_samples, -1) for x in (population.u0, population.v0))
    return State(u=u, v=v, spiked=torch.zeros_like(u))


def step(
    population: Population,
    state: State,
    arriving: Tensor,
    formats: NumberFormat,
    surrogate: Surrogate,
    unit: Tensor,
) -> Tensor:
    """Return spikes, or the voltage of a readout, and bring `state` one step forward.

    `program.reference` with gradients; wraps and clips pass them as if there were none.

    Parameters
    ----------
    arriving : (sample, neuron) in units of the state, bias included in its gradient only.
    unit : state units in one float unit of voltage, for the surrogate's width.
    """
    theta = doubles(population.vth.ravel()) * 2.0**formats.state_shift
    before = state.v
    current = _decayed(state.u, doubles(population.du.ravel()) + 1, formats) + arriving
    state.u = with_gradient_of(_wrapped_once(current, formats.current_limit), current)
    voltage = _decayed(before, doubles(population.dv.ravel()), formats) + state.u
    voltage = voltage + doubles(population.bias.ravel())
    if population.reset is Reset.SUBTRACT_DELAYED:
        voltage = voltage - theta * state.spiked
    v = with_gradient_of(voltage.clamp(-formats.voltage_limit, formats.voltage_limit), voltage)
    if not population.spiking:
        state.v = v
        return v
    if population.reset is Reset.ZERO_DELAYED:
        v = torch.where(state.spiked != 0, doubles(population.v_reset.ravel()), v)
    latched = theta * (before > theta) if population.reset is Reset.SUBTRACT_LATCHED else 0.0
    spikes = spike((v - latched - theta) / unit, surrogate)
    state.spiked = spikes.detach()
    match population.reset:
        case Reset.ZERO:
            v = torch.where(state.spiked != 0, doubles(population.v_reset.ravel()), v)
        case Reset.SUBTRACT | Reset.SUBTRACT_LATCHED:
            v = (v - theta * state.spiked).clamp(-formats.voltage_limit, formats.voltage_limit)
        case Reset.NONE | Reset.ZERO_DELAYED | Reset.SUBTRACT_DELAYED:
            pass
    state.v = v
    return spikes


def delivered(projection: Projection, values: Tensor, formats: NumberFormat) -> Tensor:
    """Return what a projection delivers for the (sample, neuron) of its source, wrapped."""
    operator = projection.operator
    match operator:
        case Dense():
            summed = values @ doubles(operator.mantissa).T
        case Sparse():
            summed = values @ _dense(operator).T
        case Conv():
            summed = _convolved(operator, values)
        case _:
            raise TypeError("a Direct projection delivers its source's value itself")
    scaled = torch.floor(_wrapped(summed, formats.dense_sum_bits) * 2.0**projection.weight_exp)
    bits = formats.conv_sum_bits if isinstance(operator, Conv) else formats.dense_sum_bits
    return _wrapped(scaled, bits)


def with_gradient_of(value: Tensor, smooth: Tensor) -> Tensor:
    """Return `value`, bit for bit, with the gradient of `smooth`."""
    replaced: Tensor = _Replaced.apply(value, smooth)  # type: ignore[no-untyped-call]  # torch's
    return replaced


class _Replaced(torch.autograd.Function):
    @staticmethod
    def forward(context: Any, value: Tensor, smooth: Tensor) -> Tensor:
        del context, smooth
        return value.clone()

    @staticmethod
    def backward(context: Any, *gradients: Tensor) -> tuple[None, Tensor]:
        del context
        return None, gradients[0]


def doubles(values: NDArray[np.generic]) -> Tensor:
    """Return integers as float64."""
    return torch.from_numpy(np.array(values, np.float64))


def _decayed(state: Tensor, leak: Tensor, formats: NumberFormat) -> Tensor:
    product = state * (formats.decay_unit - leak) / formats.decay_unit
    return with_gradient_of(torch.trunc(product), product)


def _wrapped_once(values: Tensor, limit: int) -> Tensor:
    return values - 2 * limit * (values > limit) + 2 * limit * (values <= -limit)


def _wrapped(values: Tensor, bits: int) -> Tensor:
    half = 2.0 ** (bits - 1)
    return torch.remainder(values + half, 2 * half) - half


def _dense(operator: Sparse) -> Tensor:
    sources = np.repeat(np.arange(operator.n_in), np.diff(operator.indptr))
    dense = np.zeros((operator.n_out, operator.n_in))
    np.add.at(dense, (operator.targets, sources), operator.mantissa)
    return torch.from_numpy(dense)


def _convolved(operator: Conv, values: Tensor) -> Tensor:
    geometry = operator.geometry
    image = values.reshape(-1, *geometry.input_shape)
    return functional.conv2d(
        image,
        doubles(operator.mantissa),
        None,
        geometry.stride,
        geometry.padding,
        geometry.dilation,
        geometry.groups,
    ).flatten(1)
