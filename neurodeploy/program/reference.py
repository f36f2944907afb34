"""The meaning of a Program: a slow, plain simulator that every target must equal bit for bit.

One sample, one step after the other, one line an effect. Source of the arithmetic: Lava 0.10.0's
fixed-point process models (`PyLifModelBitAcc`, `PyDenseModelBitAcc`, `PyDelayDenseModelBitAcc`,
`PyConvModelFixed`); resets other than ``zero`` follow snntorch 1.0.0.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from neurodeploy.program.apply import apply
from neurodeploy.program.exit_rule import ExitRule
from neurodeploy.program.fixed_point import Integers, decayed, shifted, wrap, wrap_once
from neurodeploy.program.number_format import NumberFormat
from neurodeploy.program.operator import Conv, Dense, Direct, Sparse
from neurodeploy.program.program import Population, Program, Projection
from neurodeploy.program.schedule import step_order
from neurodeploy.terms import Reset


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """Everything that happened to one sample; axis 0 is the step, then the population's shape.

    `outputs` are spikes (or v of a readout), `u` and `v` the state at the end of each step,
    `active` whether a neuron had input, bias, a voltage or what decay leaves of a current,
    `synops_hw` and `synops_effective` the stored and the nonzero weights accumulated into each
    target neuron, by projection, at the step of the spike. `wraps` and `saturations` count, per
    population and step, the neurons whose current wrapped and whose voltage was clipped. A sample
    that a rule stopped has the steps that it took, and no others.
    """

    outputs: Mapping[str, NDArray[np.int64]]
    u: Mapping[str, NDArray[np.int64]]
    v: Mapping[str, NDArray[np.int64]]
    active: Mapping[str, NDArray[np.bool_]]
    synops_hw: Mapping[str, NDArray[np.int64]]
    synops_effective: Mapping[str, NDArray[np.int64]]
    wraps: Mapping[str, NDArray[np.int64]]
    saturations: Mapping[str, NDArray[np.int64]]

    @property
    def n_steps(self) -> int:
        """Steps that were run."""
        return len(next(iter(self.outputs.values())))


@dataclass(slots=True)
class _State:
    """One population between two steps."""

    u: Integers
    v: Integers
    spikes: Integers


def simulate(
    program: Program,
    stimulus: Mapping[str, NDArray[np.integer]],
    n_steps: int,
    rule: ExitRule | None = None,
) -> Trace:
    """Run one sample for `n_steps` steps, or until `rule` stops it.

    Parameters
    ----------
    stimulus : integers (steps, *shape) by input name; a missing step is zero.

    Returns
    -------
    Trace
    """
    trace = _empty_trace(program, n_steps)
    for node in program.inputs:
        given = stimulus[node.name][:n_steps]
        trace.outputs[node.name][: len(given)] = given
    states = {p.name: _initial(p) for p in program.populations}
    due = {
        p.name: np.zeros((n_steps + 1 + _horizon(program, p.name), p.size), np.int64)
        for p in program.populations
    }
    order = step_order(program)
    limit = 0 if rule is None else rule.limit(stimulus)
    for k in range(n_steps):
        for name in order:
            population = program.population(name)
            _add_direct(program, population, trace, due, k)
            _step(population, states[name], due[name][k], k, program.formats, trace)
        for projection in program.projections:
            if not isinstance(projection.operator, Direct):
                _send(program, projection, trace, due, k)
        if rule is not None and rule.stops(_flat(trace.outputs[rule.population][: k + 1]), limit):
            return _cut(trace, k + 1)
    return trace


def _flat(values: NDArray[np.int64]) -> NDArray[np.int64]:
    return values.reshape(len(values), -1)


def _cut(trace: Trace, n_steps: int) -> Trace:
    """Return the first `n_steps` of a trace."""
    kept = {
        field.name: {name: values[:n_steps] for name, values in getattr(trace, field.name).items()}
        for field in fields(Trace)
    }
    return Trace(**kept)


def _step(
    population: Population,
    state: _State,
    a_in: Integers,
    k: int,
    formats: NumberFormat,
    trace: Trace,
) -> None:
    name, shape = population.name, population.shape
    if k >= population.t_start:
        if population.clear_interval and _clears(population, k):
            state.u, state.v, state.spikes = (np.zeros_like(state.u) for _ in range(3))
        a_in = wrap(a_in, formats.dense_sum_bits)
        bias = population.bias.ravel()
        carried = decayed(state.u, _current_factor(population, formats), formats.decay_bits)
        active = (a_in != 0) | (carried != 0) | (state.v != 0) | (bias != 0)
        trace.active[name][k] = active.reshape(shape)
        output = _update(population, state, a_in, bias, k, formats, trace)
        trace.outputs[name][k] = output.reshape(shape)
    trace.u[name][k] = state.u.reshape(shape)
    trace.v[name][k] = state.v.reshape(shape)


def _update(
    population: Population,
    state: _State,
    a_in: Integers,
    bias: Integers,
    k: int,
    formats: NumberFormat,
    trace: Trace,
) -> Integers:
    unit, shift, limit = formats.decay_unit, formats.state_shift, formats.voltage_limit
    dv, vth, v_reset = (
        getattr(population, name).ravel().astype(np.int64) for name in ("dv", "vth", "v_reset")
    )
    theta = vth << shift
    v_before = state.v

    current = decayed(state.u, _current_factor(population, formats), formats.decay_bits)
    current = wrap(current + wrap(a_in << shift, 32), 32)
    u = wrap_once(current, formats.current_limit)
    held_back = theta * state.spikes if population.reset is Reset.SUBTRACT_DELAYED else 0
    voltage = decayed(state.v, unit - dv, formats.decay_bits)
    voltage = wrap(voltage + u + bias - held_back, 32)
    v = np.clip(voltage, -limit, limit)

    trace.wraps[population.name][k] = np.count_nonzero(u != current)
    trace.saturations[population.name][k] = np.count_nonzero(v != voltage)
    state.u, state.v = u, v
    if not population.spiking:
        return v
    if population.reset is Reset.ZERO_DELAYED:
        v = np.where(state.spikes != 0, v_reset, v)
    compared = v - theta * (v_before > theta) if population.reset is Reset.SUBTRACT_LATCHED else v
    spikes = (compared > theta).astype(np.int64)
    if population.vth_low is not None:
        spikes -= compared < (population.vth_low.ravel().astype(np.int64) << shift)
    state.spikes = spikes
    match population.reset:
        case Reset.ZERO:
            state.v = np.where(spikes != 0, v_reset, v)
        case Reset.SUBTRACT | Reset.SUBTRACT_LATCHED:
            state.v = np.clip(v - theta * spikes, -limit, limit)
        case Reset.NONE | Reset.ZERO_DELAYED | Reset.SUBTRACT_DELAYED:
            state.v = v
    return spikes


def _current_factor(population: Population, formats: NumberFormat) -> Integers:
    return formats.decay_unit - (population.du.ravel().astype(np.int64) + 1)


def _add_direct(
    program: Program, population: Population, trace: Trace, due: Mapping[str, Integers], k: int
) -> None:
    for projection in program.projections_to(population.name):
        if isinstance(projection.operator, Direct):
            due[population.name][k] += _summed(projection, trace, k)


def _send(
    program: Program, projection: Projection, trace: Trace, due: Mapping[str, Integers], k: int
) -> None:
    operator = projection.operator
    assert not isinstance(operator, Direct)
    total = _summed(projection, trace, k)
    events = (total != 0).astype(np.int64)
    payload = total if projection.graded else events
    trace.synops_hw[projection.name][k] = apply(operator, _stored(operator), events)
    trace.synops_effective[projection.name][k] = apply(operator, _nonzero(operator), events)
    bits = (
        program.formats.conv_sum_bits
        if isinstance(operator, Conv)
        else program.formats.dense_sum_bits
    )
    arrivals = due[projection.target]
    for delay in np.unique(projection.delay_steps):
        weights = np.where(projection.delay_steps == delay, operator.mantissa, 0).astype(np.int64)
        summed = wrap(apply(operator, weights, payload), program.formats.dense_sum_bits)
        arrivals[k + delay] += wrap(shifted(summed, projection.weight_exp), bits)


def _summed(projection: Projection, trace: Trace, k: int) -> Integers:
    return np.sum([trace.outputs[source][k].ravel() for source in projection.sources], axis=0)


def _stored(operator: Dense | Sparse | Conv) -> Integers:
    return np.ones(operator.mantissa.shape, np.int64)


def _nonzero(operator: Dense | Sparse | Conv) -> Integers:
    return (operator.mantissa != 0).astype(np.int64)


def _clears(population: Population, k: int) -> bool:
    interval = population.clear_interval
    return (k + 1) % interval == population.clear_offset % interval


def _initial(population: Population) -> _State:
    return _State(
        u=population.u0.ravel().astype(np.int64),
        v=population.v0.ravel().astype(np.int64),
        spikes=np.zeros(population.size, np.int64),
    )


def _horizon(program: Program, name: str) -> int:
    return max((p.max_delay_steps for p in program.projections_to(name)), default=0)


def _empty_trace(program: Program, n_steps: int) -> Trace:
    weighted = [p for p in program.projections if not isinstance(p.operator, Direct)]

    def states(dtype: type) -> dict[str, NDArray[np.int64]]:
        return {p.name: np.zeros((n_steps, *p.shape), dtype) for p in program.populations}

    def arrivals() -> dict[str, NDArray[np.int64]]:
        return {
            p.name: np.zeros((n_steps, program.population(p.target).size), np.int64)
            for p in weighted
        }

    def counters() -> dict[str, NDArray[np.int64]]:
        return {p.name: np.zeros(n_steps, np.int64) for p in program.populations}

    return Trace(
        outputs={node.name: np.zeros((n_steps, *node.shape), np.int64) for node in program.nodes},
        u=states(np.int64),
        v=states(np.int64),
        active={p.name: np.zeros((n_steps, *p.shape), np.bool_) for p in program.populations},
        synops_hw=arrivals(),
        synops_effective=arrivals(),
        wraps=counters(),
        saturations=counters(),
    )
