"""Move one layer, given what arrives at it, under any `Rules`.

Written apart from `program.reference` so that the two check each other; with `MEANING` they agree.
Everything is float64: every product of a Program's integers stays below 2**53, so it is exact.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from neurodeploy.program import NumberFormat, Population
from neurodeploy.terms import Reset
from neurodeploy.verification.layer import Floats, Ints, Layer, LayerTrace
from neurodeploy.verification.rules import Overflow, Rounding

_WORD = float(1 << 31)
"""Half the range of the 32-bit sums."""


@dataclass(slots=True)
class _Neurons:
    """A layer between two steps, (sample, neuron), and how often it has overflowed."""

    u: Floats
    v: Floats
    spikes: Floats
    wraps: int = 0
    saturations: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Parameters:
    """What the neurons compute with, (neuron,)."""

    keep_i: Floats
    keep_v: Floats
    theta: Floats
    theta_low: Floats | None
    bias: Floats
    v_reset: Floats


def move(layer: Layer, arriving: Ints) -> LayerTrace:
    """Return what `layer` does when `arriving` (sample, step, neuron) reaches it."""
    population, n_steps = layer.population, arriving.shape[1]
    parameters, neurons = _parameters(layer), _initial(population, len(arriving))
    outputs, u, v = (np.zeros(arriving.shape) for _ in range(3))
    for k in range(n_steps):
        if k >= population.t_start:
            _clear(population, neurons, k)
            outputs[:, k] = _step(layer, parameters, neurons, arriving[:, k].astype(np.float64))
        u[:, k], v[:, k] = neurons.u, neurons.v
    return LayerTrace(
        outputs=outputs, u=u, v=v, wraps=neurons.wraps, saturations=neurons.saturations
    )


def _step(layer: Layer, parameters: _Parameters, neurons: _Neurons, a_in: Floats) -> Floats:
    population, rules = layer.population, layer.rules
    theta, reset, v_before = parameters.theta, population.reset, neurons.v
    current = _decayed(neurons.u, parameters.keep_i, rules.rounding)
    current = current + _wrapped(a_in * 2.0**layer.formats.state_shift, _WORD)
    neurons.u = _limited(current, rules.current, float(layer.formats.current_limit))
    voltage = _decayed(neurons.v, parameters.keep_v, rules.rounding) + neurons.u + parameters.bias
    if reset is Reset.SUBTRACT_DELAYED:
        voltage = voltage - theta * neurons.spikes
    neurons.v = _limited(voltage, rules.voltage, float(layer.formats.voltage_limit))
    neurons.wraps += int(np.count_nonzero(neurons.u != current))
    neurons.saturations += int(np.count_nonzero(neurons.v != voltage))
    if not population.spiking:
        return neurons.v
    if reset is Reset.ZERO_DELAYED:
        neurons.v = np.where(neurons.spikes != 0, parameters.v_reset, neurons.v)
    latched = theta * (v_before > theta) if reset is Reset.SUBTRACT_LATCHED else 0.0
    neurons.spikes = _fired(parameters, neurons.v - latched, inclusive=rules.inclusive)
    _reset(layer, parameters, neurons)
    return neurons.spikes


def _fired(parameters: _Parameters, v: Floats, *, inclusive: bool) -> Floats:
    theta, low = parameters.theta, parameters.theta_low
    spikes = (v >= theta if inclusive else v > theta).astype(np.float64)
    if low is None:
        return spikes
    return spikes - (v <= low if inclusive else v < low)


def _reset(layer: Layer, parameters: _Parameters, neurons: _Neurons) -> None:
    match layer.population.reset:
        case Reset.ZERO:
            neurons.v = np.where(neurons.spikes != 0, parameters.v_reset, neurons.v)
        case Reset.SUBTRACT | Reset.SUBTRACT_LATCHED:
            voltage = neurons.v - parameters.theta * neurons.spikes
            limit = float(layer.formats.voltage_limit)
            neurons.v = _limited(voltage, layer.rules.voltage, limit)
        case Reset.NONE | Reset.ZERO_DELAYED | Reset.SUBTRACT_DELAYED:
            pass
    if layer.rules.clears_current:
        neurons.u = np.where(neurons.spikes != 0, 0.0, neurons.u)


def _decayed(state: Floats, kept: Floats, rounding: Rounding) -> Floats:
    """Return ``state * kept / 4096``, rounded."""
    exact = state * kept
    match rounding:
        case Rounding.TOWARD_ZERO:
            return np.trunc(exact)
        case Rounding.DOWN:
            return np.floor(exact)
        case Rounding.NEAREST:
            return np.floor(exact + 0.5)
        case Rounding.NONE:
            return exact


def _limited(values: Floats, overflow: Overflow, limit: float) -> Floats:
    """Return what is left of `values` outside (-limit, limit] or, saturated, beyond +-limit."""
    match overflow:
        case Overflow.WRAP_ONCE:
            values = _wrapped(values, _WORD)
            folded = np.where(values > limit, values - 2 * limit, values)
            return np.where(values <= -limit, values + 2 * limit, folded)
        case Overflow.WRAP:
            return _wrapped(values, limit)
        case Overflow.SATURATE:
            return np.clip(_wrapped(values, _WORD), -limit, limit)
        case Overflow.NONE:
            return values


def _wrapped(values: Floats, half: float) -> Floats:
    """Return `values` in two's complement of the range [-half, half)."""
    return np.mod(values + half, 2 * half) - half


def _clear(population: Population, neurons: _Neurons, k: int) -> None:
    interval = population.clear_interval
    if interval and (k + 1) % interval == population.clear_offset % interval:
        neurons.u, neurons.v, neurons.spikes = (np.zeros_like(neurons.u) for _ in range(3))


def _parameters(layer: Layer) -> _Parameters:
    population, formats = layer.population, layer.formats
    keep_i, keep_v = _kept(layer, formats)
    low = population.vth_low
    return _Parameters(
        keep_i=keep_i,
        keep_v=keep_v,
        theta=_flat(population.vth) * 2.0**formats.state_shift,
        theta_low=None if low is None else _flat(low) * 2.0**formats.state_shift,
        bias=_flat(population.bias),
        v_reset=_flat(population.v_reset),
    )


def _kept(layer: Layer, formats: NumberFormat) -> tuple[Floats, Floats]:
    """Return the share that a step keeps of u and of v, exact in binary."""
    unit, population = float(formats.decay_unit), layer.population
    keep_i = unit - 1 - _flat(population.du) if layer.keep_i is None else layer.keep_i
    keep_v = unit - _flat(population.dv) if layer.keep_v is None else layer.keep_v
    return keep_i / unit, keep_v / unit


def _initial(population: Population, n_samples: int) -> _Neurons:
    shape = (n_samples, population.size)
    return _Neurons(
        u=np.broadcast_to(_flat(population.u0), shape).copy(),
        v=np.broadcast_to(_flat(population.v0), shape).copy(),
        spikes=np.zeros(shape),
    )


def _flat(values: NDArray[np.integer]) -> Floats:
    return values.ravel().astype(np.float64)
