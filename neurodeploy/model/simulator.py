"""Float simulator of a Model: every sample at once, one step after the other, in float64."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from neurodeploy.errors import InputError
from neurodeploy.model.model import Model, Population
from neurodeploy.model.neuron import (
    CubaLi,
    CubaLif,
    I,
    If,
    Li,
    Lif,
    Linear,
    Max,
    Relu,
    Step,
    Threshold,
    current_scale,
    step_of,
)
from neurodeploy.model.order import step_order
from neurodeploy.terms import Readout, Reset

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Simulation:
    """What a float run gave.

    Parameters
    ----------
    readouts : (sample, *shape) by output population.
    spikes : (sample,) total spikes by population; `spikes_per_neuron` sums over samples instead.
    peak_v, peak_i : largest magnitudes of voltage (before the reset) and (scaled) current by
        population.
    rasters, voltages : (sample, step, *shape) of recorded populations.
    """

    readouts: Mapping[str, Floats]
    spikes: Mapping[str, NDArray[np.int64]]
    spikes_per_neuron: Mapping[str, NDArray[np.int64]]
    peak_v: Mapping[str, float]
    peak_i: Mapping[str, float]
    rasters: Mapping[str, Floats]
    voltages: Mapping[str, Floats]

    def predictions(self) -> NDArray[np.int64]:
        """Index of the largest value of the first output, (sample,); ties go to the lowest."""
        first = next(iter(self.readouts.values()))
        return np.argmax(first.reshape(len(first), -1), axis=1)


@dataclass(slots=True)
class _State:
    """One population between two steps; arrays are (sample, *shape)."""

    i: Floats
    v: Floats
    spiked: NDArray[np.bool_]
    output: Floats
    reach: Floats
    """Voltage before the reset."""


def simulate(model: Model, x: NDArray[np.floating], *, record: frozenset[str]) -> Simulation:
    """Run `model` on every sample of `x`.

    Parameters
    ----------
    x : (sample, step, *shape of the one input)
    record : populations whose rasters and voltages are kept.

    Returns
    -------
    Simulation

    Raises
    ------
    InputError
        If `x` does not have the shape of the one input (ND2111).
    """
    _check(model, x)
    n_samples, n_steps = x.shape[:2]
    states = {p.name: _initial(model, p, n_samples) for p in model.populations}
    steps = {
        p.name: step_of(p.neuron, model.dt_s)
        for p in model.populations
        if not isinstance(p.neuron, Relu | Max)
    }
    horizon = 1 + max((p.delay_steps for p in model.projections), default=0)
    past: dict[str, dict[int, Floats]] = {node.name: {} for node in model.nodes}
    log = _Log(model, n_samples, n_steps, record)
    order = [model.population(name) for name in step_order(model)]
    for k in range(n_steps):
        for node in model.inputs:
            past[node.name][k] = x[:, k].astype(np.float64)
        for population in order:
            state = states[population.name]
            total = _incoming(model, population, past, k, n_samples)
            _move(population, state, total, steps.get(population.name))
            past[population.name][k] = state.output
            log.note(population.name, state, k)
        for values in past.values():
            values.pop(k - horizon, None)
    return log.simulation()


def _check(model: Model, x: NDArray[np.floating]) -> None:
    if len(model.inputs) != 1:
        raise InputError(
            "ND2111", f"the model has {len(model.inputs)} inputs, one can be simulated"
        )
    entry = model.inputs[0]
    sizes = ", ".join(str(size) for size in entry.shape)
    if x.shape[2:] != entry.shape or x.ndim < 2:
        raise InputError(
            "ND2111",
            f"input {entry.name!r} takes (sample, step, {sizes}), found {x.shape}",
        )


def _incoming(
    model: Model,
    population: Population,
    past: Mapping[str, Mapping[int, Floats]],
    k: int,
    n_samples: int,
) -> Floats:
    total = np.zeros((n_samples, *population.input_shape))
    for projection in model.projections_to(population.name):
        shape = (n_samples, *model.node(projection.sources[0]).shape)
        sent = k - projection.delay_steps
        values = [past[s][sent] if sent >= 0 else np.zeros(shape) for s in projection.sources]
        value = values[0] if len(values) == 1 else np.sum(values, axis=0)
        for operator in projection.chain:
            value = operator.apply(value)
        total += value
    return total


def _move(population: Population, state: _State, x: Floats, step: Step | None) -> None:
    match population.neuron:
        case Relu():
            state.output = _rectified(population.neuron, x)
        case Max(by_rate=True):
            state.i = state.i + x
            state.output = _window_gated(population.neuron, state.i, x)
        case Max():
            state.output = _window_max(population.neuron, x)
        case Linear():
            state.v = state.output = state.reach = x
        case Threshold():
            state.v = state.reach = x
            state.spiked = x > population.neuron.threshold
            state.output = state.spiked.astype(np.float64)
        case I() | Li() | CubaLi():
            assert step is not None
            state.i = (1.0 - step.leak_i) * state.i + step.gain * x
            state.v = state.v + state.i + step.rest - step.leak_v * state.v
            state.output = state.reach = state.v
        case If() | Lif() | CubaLif():
            assert step is not None
            _spike(population, population.neuron.v_threshold, state, x, step)


def _spike(population: Population, theta: Floats, state: _State, x: Floats, step: Step) -> None:
    reset, v_before = population.reset, state.v
    state.i = (1.0 - step.leak_i) * state.i + step.gain * x
    v = (1.0 - step.leak_v) * state.v + state.i + step.rest
    if reset is Reset.SUBTRACT_DELAYED:
        v = v - theta * state.spiked
    if reset is Reset.ZERO_DELAYED:
        v = np.where(state.spiked, population.v_reset, v)
    state.reach = v
    compared = v - theta * (v_before > theta) if reset is Reset.SUBTRACT_LATCHED else v
    state.spiked = compared > theta
    if reset is Reset.ZERO:
        v = np.where(state.spiked, population.v_reset, v)
    elif reset in (Reset.SUBTRACT, Reset.SUBTRACT_LATCHED):
        v = v - theta * state.spiked
    state.v = v
    state.output = state.spiked.astype(np.float64)


def _rectified(neuron: Relu, x: Floats) -> Floats:
    if neuron.ceiling is None:
        return np.maximum(x, 0.0)
    if neuron.levels is None:
        return np.clip(x, 0.0, neuron.ceiling)
    level = np.floor(x * (neuron.levels / neuron.ceiling) + 0.5)
    return np.clip(level, 0, neuron.levels) * (neuron.ceiling / neuron.levels)


def _window_max(neuron: Max, x: Floats) -> Floats:
    (kh, kw), (sh, sw) = neuron.kernel, neuron.stride
    _, _, height, width = x.shape
    rows = (slice(i, height - kh + i + 1, sh) for i in range(kh))
    taps = [x[:, :, row, j : width - kw + j + 1 : sw] for row in rows for j in range(kw)]
    largest = taps[0].copy()
    for tap in taps[1:]:
        np.maximum(largest, tap, out=largest)
    return largest


def _window_gated(neuron: Max, sums: Floats, x: Floats) -> Floats:
    """Return of each window of `x` the value where `sums` are largest."""
    (sh, sw), axes = neuron.stride, (2, 3)
    windows = [
        sliding_window_view(values, neuron.kernel, axis=axes)[:, :, ::sh, ::sw]
        for values in (sums, x)
    ]
    flat = [values.reshape(*values.shape[:4], -1) for values in windows]
    chosen = np.argmax(flat[0], axis=-1, keepdims=True)
    return np.take_along_axis(flat[1], chosen, axis=-1)[..., 0]


def _initial(model: Model, population: Population, n_samples: int) -> _State:
    shape = (n_samples, *population.shape)
    if isinstance(population.neuron, Max):
        sums = np.zeros((n_samples, *population.input_shape))
        silence = np.zeros(shape)
        return _State(
            i=sums, v=silence, spiked=silence.astype(np.bool_), output=silence, reach=silence
        )
    i0 = population.i0
    if isinstance(population.neuron, CubaLif | CubaLi):
        i0 = i0 * current_scale(population.neuron, model.dt_s)
    return _State(
        i=np.broadcast_to(i0, shape).copy(),
        v=np.broadcast_to(population.v0, shape).copy(),
        spiked=np.zeros(shape, np.bool_),
        output=np.zeros(shape),
        reach=np.zeros(shape),
    )


class _Log:
    """Collects what a Simulation holds while the steps go by."""

    def __init__(self, model: Model, n_samples: int, n_steps: int, record: frozenset[str]) -> None:
        names = [p.name for p in model.populations]
        self.model, self.n_steps = model, n_steps
        self.spikes = {name: np.zeros(n_samples, np.int64) for name in names}
        self.per_neuron = {p.name: np.zeros(p.shape, np.int64) for p in model.populations}
        self.peak_v, self.peak_i = dict.fromkeys(names, 0.0), dict.fromkeys(names, 0.0)
        self.readouts = {
            o.population: np.zeros((n_samples, *model.population(o.population).shape))
            for o in model.outputs
        }
        recorded = {
            p.name: (n_samples, n_steps, *p.shape) for p in model.populations if p.name in record
        }
        self.rasters = {name: np.zeros(shape) for name, shape in recorded.items()}
        self.voltages = {name: np.zeros(shape) for name, shape in recorded.items()}

    def note(self, name: str, state: _State, k: int) -> None:
        """Take in one population after step k."""
        spiked = state.spiked.reshape(len(state.spiked), -1)
        self.spikes[name] += spiked.sum(axis=1)
        self.per_neuron[name] += state.spiked.sum(axis=0)
        self.peak_v[name] = max(self.peak_v[name], float(np.abs(state.reach).max(initial=0.0)))
        self.peak_i[name] = max(self.peak_i[name], float(np.abs(state.i).max(initial=0.0)))
        if name in self.rasters:
            self.rasters[name][:, k], self.voltages[name][:, k] = state.output, state.v
        for output in self.model.outputs:
            if output.population == name and k >= output.first_step:
                self._read(output.readout, self.readouts[name], state.output, k - output.first_step)

    def _read(self, readout: Readout, total: Floats, value: Floats, n_before: int) -> None:
        match readout:
            case Readout.COUNT | Readout.SUM:
                total += value
            case Readout.MEAN:
                total += (value - total) / (n_before + 1)
            case Readout.LAST:
                total[:] = value
            case Readout.MAX:
                total[:] = value if n_before == 0 else np.maximum(total, value)

    def simulation(self) -> Simulation:
        """Return what was collected."""
        return Simulation(
            readouts=self.readouts,
            spikes=self.spikes,
            spikes_per_neuron=self.per_neuron,
            peak_v=self.peak_v,
            peak_i=self.peak_i,
            rasters=self.rasters,
            voltages=self.voltages,
        )
