"""`Engine`: runs samples of a Program through the kernels, population by population.

With an exit rule it runs from one check to the next, every population each time; without one every
population runs all steps at once.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields

import numpy as np
from numpy.typing import NDArray

from neurodeploy.program import Input, Program
from neurodeploy.program.exit_rule import ExitRule
from neurodeploy_cpu_emu.arrivals import arrivals
from neurodeploy_cpu_emu.kernels.compiled import Raster
from neurodeploy_cpu_emu.kernels.neurons import READOUT, State, advance
from neurodeploy_cpu_emu.plan import Group, Neurons, Plan, Slices, plan

_UNRECORDED = np.zeros((0, 0), np.int32)
_UNMARKED = np.zeros((0, 0), np.uint8)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SampleTrace:
    """What one sample did; axis 0 is the step, axis 1 the neuron (C order) or the slice.

    Parameters
    ----------
    outputs : by input and population; int8 spikes, int32 for graded inputs and readouts.
    u, v : int32 state at the end of each step, of the recorded populations.
    active : int32, neurons with input, state or bias to work on, by population, step and slice.
    moves : uint8, 1 for each of these neurons, by population; only where they are wanted.
    wraps, saturations : int64, neurons whose current wrapped and whose voltage was clipped.
    """

    outputs: Mapping[str, Raster]
    u: Mapping[str, NDArray[np.int32]]
    v: Mapping[str, NDArray[np.int32]]
    active: Mapping[str, NDArray[np.int32]]
    moves: Mapping[str, NDArray[np.uint8]]
    wraps: Mapping[str, NDArray[np.int64]]
    saturations: Mapping[str, NDArray[np.int64]]


@dataclass(frozen=True, slots=True, eq=False)
class Engine:
    """A prepared program; several threads may run samples at once.

    Parameters
    ----------
    slices : (start, stop) of the neurons of each slice, ascending, by population.
    """

    program: Program
    slices: Slices
    _plan: Plan = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_plan", plan(self.program, self.slices))

    def run_sample(
        self,
        stimulus: Mapping[str, NDArray[np.int32]],
        n_steps: int,
        record: frozenset[str] = frozenset(),
        moves: bool = False,
        rule: ExitRule | None = None,
    ) -> SampleTrace:
        """Run one sample for `n_steps` steps, or until `rule` stops it.

        Parameters
        ----------
        stimulus : integers (steps, *shape) by input; a missing step is zero.
        record : populations whose u and v are wanted.
        moves : whether it is wanted which neurons were active.

        Raises
        ------
        ValueError
            If the stimulus leaves the range that an input declares.
        """
        rasters = {n.name: _raster(n, stimulus[n.name], n_steps) for n in self.program.inputs}
        trace = _empty(self._plan, rasters, n_steps, record, moves)
        states = {neurons.name: _initial(neurons) for neurons in self._plan.neurons}
        if rule is None:
            self._run(trace, states, 0, n_steps)
            return trace
        limit, done = rule.limit(stimulus), 0
        for stop in rule.may_stop_after(limit):
            self._run(trace, states, done, stop)
            done = stop
            if rule.stops(trace.outputs[rule.population][:done], limit):
                break
        return _cut(trace, done)

    def _run(self, trace: SampleTrace, states: Mapping[str, State], first: int, last: int) -> None:
        """Run the steps ``first:last``, population by population."""
        for group in self._plan.groups:
            for start, stop in _windows(group, first, last):
                for neurons in group.members:
                    a_in = arrivals(neurons, trace.outputs, start, stop)
                    self._advance(neurons, states[neurons.name], a_in, start, trace)

    def _advance(
        self,
        neurons: Neurons,
        state: State,
        a_in: NDArray[np.int32],
        start: int,
        trace: SampleTrace,
    ) -> None:
        name = neurons.name
        advance(
            a_in,
            start,
            neurons.timing,
            neurons.rule,
            self._plan.formats,
            neurons.parameters,
            state,
            neurons.slices,
            trace.outputs[name],
            (trace.active[name], trace.wraps[name], trace.saturations[name]),
            (trace.u.get(name, _UNRECORDED), trace.v.get(name, _UNRECORDED)),
            trace.moves.get(name, _UNMARKED),
        )


def _raster(node: Input, given: NDArray[np.int32], n_steps: int) -> Raster:
    values = given[:n_steps].reshape(min(len(given), n_steps), -1)
    low, high = int(values.min(initial=node.low)), int(values.max(initial=node.high))
    if low < node.low or high > node.high:
        raise ValueError(
            f"input {node.name!r} declares {node.low}..{node.high}, its stimulus has {low}..{high}"
        )
    raster = np.zeros((n_steps, values.shape[1]), np.int32 if node.graded else np.int8)
    raster[: len(values)] = values
    return raster


def _empty(
    prepared: Plan,
    rasters: Mapping[str, Raster],
    n_steps: int,
    record: frozenset[str],
    moves: bool,
) -> SampleTrace:
    def state() -> dict[str, NDArray[np.int32]]:
        wanted = [n for n in prepared.neurons if n.name in record]
        return {n.name: np.zeros((n_steps, n.size), np.int32) for n in wanted}

    def counter() -> dict[str, NDArray[np.int64]]:
        return {n.name: np.zeros((n_steps, len(n.slices)), np.int64) for n in prepared.neurons}

    outputs = {
        n.name: np.zeros((n_steps, n.size), np.int32 if n.rule == READOUT else np.int8)
        for n in prepared.neurons
    }
    return SampleTrace(
        outputs={**rasters, **outputs},
        u=state(),
        v=state(),
        active={name: array.astype(np.int32) for name, array in counter().items()},
        moves={n.name: np.zeros((n_steps, n.size), np.uint8) for n in prepared.neurons}
        if moves
        else {},
        wraps=counter(),
        saturations=counter(),
    )


def _initial(neurons: Neurons) -> State:
    bias = neurons.parameters[2]
    return neurons.u0.copy(), neurons.v0.copy(), np.zeros(neurons.size, np.bool_), bias.copy()


def _windows(group: Group, first: int, last: int) -> Iterator[tuple[int, int]]:
    for start in range(first, last, group.window):
        yield start, min(start + group.window, last)


def _cut(trace: SampleTrace, n_steps: int) -> SampleTrace:
    """Return the first `n_steps` of a trace."""
    kept = {
        field.name: {name: values[:n_steps] for name, values in getattr(trace, field.name).items()}
        for field in fields(SampleTrace)
    }
    return SampleTrace(**kept)
