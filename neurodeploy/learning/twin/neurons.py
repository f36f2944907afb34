"""What populations do over the steps, differentiable; arrays are (step, sample, *shape)."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from neurodeploy.learning.twin.parameters import Parameters
from neurodeploy.learning.twin.surrogate import Surrogate, spike
from neurodeploy.model import CubaLi, CubaLif, I, If, Li, Lif, Linear, Max, Population, Relu
from neurodeploy.model import Threshold as ThresholdNeuron
from neurodeploy.terms import Reset

Spike = Callable[[Tensor], Tensor]


@dataclass(slots=True)
class State:
    """One population between two steps; (sample, *shape)."""

    i: Tensor
    v: Tensor
    spiked: Tensor


def initial(population: Population, parameters: Parameters | None, like: Tensor) -> State | None:
    """Return the state before the first step; None for what has none.

    Parameters
    ----------
    like : (sample, *shape), for its dtype, device and number of samples.
    """
    if isinstance(population.neuron, Max) and population.neuron.by_rate:
        sums = torch.zeros((len(like), *population.input_shape), dtype=like.dtype)
        sums = sums.to(like.device)
        return State(i=sums, v=sums, spiked=sums)
    if parameters is None or isinstance(population.neuron, Relu):
        return None
    zero = torch.zeros((len(like), *population.shape), dtype=like.dtype, device=like.device)
    return State(i=zero + parameters.value("i0"), v=zero + parameters.value("v0"), spiked=zero)


def move(
    population: Population,
    parameters: Parameters | None,
    state: State | None,
    x: Tensor,
    surrogate: Surrogate,
) -> Tensor:
    """Return the output of one step for what arrives, `x`, and bring `state` forward."""
    match population.neuron:
        case Relu() as relu:
            return _rectified(relu, parameters, x)
        case Max(by_rate=True) as window:
            assert state is not None
            return _gated(window, state, x)
        case Max() as window:
            return functional.max_pool2d(x, window.kernel, window.stride)
        case Linear():
            return x
    assert parameters is not None
    assert state is not None
    match population.neuron:
        case ThresholdNeuron():
            return spike(x - parameters.theta(), surrogate)
        case I() | Li() | CubaLi():
            _integrate(parameters, state, x)
            return state.v
        case If() | Lif() | CubaLif():
            return _fire(population, parameters, state, x, surrogate)
    raise TypeError(f"no step for {type(population.neuron).__name__}")


def _integrate(parameters: Parameters, state: State, x: Tensor) -> None:
    state.i = _current(parameters, state, x)
    state.v = state.v + state.i + parameters.value("rest") - parameters.leak("leak_v") * state.v


def _current(parameters: Parameters, state: State, x: Tensor) -> Tensor:
    """Return the current of this step; where no current is kept, what arrives and nothing else."""
    new = parameters.value("gain") * x
    return (1.0 - parameters.leak("leak_i")) * state.i + new if parameters.filtered else new


def _fire(
    population: Population, parameters: Parameters, state: State, x: Tensor, surrogate: Surrogate
) -> Tensor:
    """Do one step as `model.simulator` does; a reset passes no gradient through its spike."""
    reset, theta, before = population.reset, parameters.theta(), state.v
    state.i = _current(parameters, state, x)
    v = (1.0 - parameters.leak("leak_v")) * before + state.i
    if parameters.resting:
        v = v + parameters.value("rest")
    if reset is Reset.SUBTRACT_DELAYED:
        v = v - theta * state.spiked
    if reset is Reset.ZERO_DELAYED:
        v = _replaced(v, state.spiked, parameters.value("v_reset"))
    latched = theta * (before > theta) if reset is Reset.SUBTRACT_LATCHED else 0.0
    spikes = spike(v - latched - theta, surrogate)
    state.spiked = spikes.detach()
    if reset is Reset.ZERO:
        v = _replaced(v, state.spiked, parameters.value("v_reset"))
    elif reset in (Reset.SUBTRACT, Reset.SUBTRACT_LATCHED):
        v = v - theta * state.spiked
    state.v = v
    return spikes


def _replaced(v: Tensor, spiked: Tensor, value: Tensor) -> Tensor:
    return torch.where(spiked > 0, value.to(v.dtype), v)


def _gated(window: Max, state: State, x: Tensor) -> Tensor:
    """Return of each window the value whose sum so far is largest."""
    state.i = state.i + x.detach()
    _, places = functional.max_pool2d(state.i, window.kernel, window.stride, return_indices=True)
    return x.flatten(2).gather(2, places.flatten(2)).reshape(places.shape)


def _rectified(relu: Relu, parameters: Parameters | None, x: Tensor) -> Tensor:
    if parameters is None:
        return functional.relu(x)
    ceiling = parameters.theta()
    if relu.levels is None:
        return torch.minimum(functional.relu(x), ceiling)
    level = x * (relu.levels / ceiling)
    # The staircase's own derivative is 0: it passes that of the ramp it stands for.
    rounded = level + (torch.floor(level + 0.5) - level).detach()
    return torch.clamp(rounded, 0, relu.levels) * (ceiling / relu.levels)
