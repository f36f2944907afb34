"""`Engine`: runs samples of a Program through the kernels, population by population.

With an exit rule it runs from one check to the next, every population each time; without one every
population runs all steps at once.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from neurodeploy.program import Program
from neurodeploy.program.exit_rule import ExitRule
from neurodeploy_cpu_emu.arrivals import arrivals
from neurodeploy_cpu_emu.kernels.neurons import BIAS, State, advance
from neurodeploy_cpu_emu.plan import Group, Neurons, Plan, Slices, plan
from neurodeploy_cpu_emu.trace import BlockTrace, SampleTrace, empty

_UNRECORDED = np.zeros((0, 0, 0), np.int32)
_UNMARKED = np.zeros((0, 0, 0), np.uint8)


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

    def samples_at_once(self, n_steps: int) -> int:
        """Return how many samples of `n_steps` steps fill a block of scratch."""
        return max(min(group.window // n_steps for group in self._plan.groups), 1)

    def run_sample(
        self,
        stimulus: Mapping[str, NDArray[np.integer]],
        n_steps: int,
        record: frozenset[str] = frozenset(),
        moves: bool = False,
        rule: ExitRule | None = None,
    ) -> SampleTrace:
        """Run one sample, (steps, *shape) by input, as `run_block`, or until `rule` stops it."""
        one = {name: values[None] for name, values in stimulus.items()}
        if rule is None:
            return self.run_block(one, n_steps, record, moves).sample(0)
        trace = empty(self.program, self._plan, one, n_steps, record, moves)
        states = self._initial(1)
        limit, done = rule.limit(stimulus), 0
        for stop in rule.may_stop_after(limit):
            self._run(trace, states, done, stop)
            done = stop
            if rule.stops(trace.outputs[rule.population][0, :done], limit):
                break
        return trace.sample(0, done)

    def run_block(
        self,
        stimulus: Mapping[str, NDArray[np.integer]],
        n_steps: int,
        record: frozenset[str] = frozenset(),
        moves: bool = False,
    ) -> BlockTrace:
        """Run some samples for `n_steps` steps, all of them in every call of a kernel.

        Parameters
        ----------
        stimulus : integers (sample, steps, *shape) by input; a missing step is zero.
        record : populations whose u and v are wanted.
        moves : whether it is wanted which neurons were active.

        Raises
        ------
        ValueError
            If the stimulus leaves the range that an input declares.
        """
        trace = empty(self.program, self._plan, stimulus, n_steps, record, moves)
        self._run(trace, self._initial(trace.n_samples), 0, n_steps)
        return trace

    def _initial(self, n_samples: int) -> Mapping[str, State]:
        return {neurons.name: _initial(neurons, n_samples) for neurons in self._plan.neurons}

    def _run(self, trace: BlockTrace, states: Mapping[str, State], first: int, last: int) -> None:
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
        trace: BlockTrace,
    ) -> None:
        name = neurons.name
        advance(
            a_in,
            start,
            neurons.timing,
            neurons.rule,
            self._plan.formats,
            neurons.parameters,
            neurons.forgetful,
            state,
            neurons.slices,
            trace.outputs[name],
            trace.counts[name],
            (trace.u.get(name, _UNRECORDED), trace.v.get(name, _UNRECORDED)),
            trace.moves.get(name, _UNMARKED),
        )


def _initial(neurons: Neurons, n_samples: int) -> State:
    bias = neurons.parameters[1][BIAS]
    repeated = (n_samples, 1)
    return (
        np.tile(neurons.u0, repeated),
        np.tile(neurons.v0, repeated),
        np.zeros((n_samples, neurons.size), np.bool_),
        np.tile(bias, repeated),
    )


def _windows(group: Group, first: int, last: int) -> Iterator[tuple[int, int]]:
    for start in range(first, last, group.window):
        yield start, min(start + group.window, last)
