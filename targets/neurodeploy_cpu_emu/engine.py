"""`Engine`: runs samples of a Program through the kernels, population by population.

With an exit rule it runs from one check to the next, every population each time, and goes on with
the samples that are left; without one every population runs all steps at once.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from neurodeploy.machine.columns import Columns
from neurodeploy.machine.spikes import Listed, new_masks
from neurodeploy.program import Program
from neurodeploy.program.exit_rule import ExitRule
from neurodeploy_cpu_emu.arrivals import arrivals, heard
from neurodeploy_cpu_emu.empty import empty, written
from neurodeploy_cpu_emu.kernels.layer import advance_layer
from neurodeploy_cpu_emu.kernels.neurons import BIAS, ZERO, State, advance
from neurodeploy_cpu_emu.kernels.tile import PITCH
from neurodeploy_cpu_emu.layers import Layer
from neurodeploy_cpu_emu.plan import Group, Neurons, Plan, Slices, plan
from neurodeploy_cpu_emu.stopping import LookBack, StoppedTrace, run_until
from neurodeploy_cpu_emu.trace import BlockTrace, SampleTrace

KEPT_BYTES = 1 << 28
"""What the spikes of the samples of a block may take, a byte each."""

_UNRECORDED = np.zeros((0, 0, 0), np.int32)
_UNMARKED = np.zeros((0, 0, 0), np.uint8)


@dataclass(frozen=True, slots=True, eq=False)
class Engine:
    """A prepared program; several threads may run samples at once.

    Parameters
    ----------
    slices : (start, stop) of the neurons of each slice, ascending, by population.
    columns : where a ledger keeps the counts of these slices; None for what neurons count alone.
    """

    program: Program
    slices: Slices
    columns: Columns | None = None
    _plan: Plan = field(init=False, repr=False)
    _begin: Mapping[str, State] = field(init=False, repr=False)
    """Of one sample, shared by those of whom no state is kept."""

    def __post_init__(self) -> None:
        prepared = plan(self.program, self.slices, self.columns)
        object.__setattr__(self, "_plan", prepared)
        begin = {neurons.name: _initial(neurons, 1) for neurons in prepared.neurons}
        object.__setattr__(self, "_begin", begin)

    def samples_at_once(self, n_steps: int) -> int:
        """Return how many samples of `n_steps` steps are run at once, as memory goes."""
        return max(min(group.samples_at_once(n_steps) for group in self._plan.groups), 1)

    def samples_kept(self, n_steps: int) -> int:
        """Return how many samples of `n_steps` steps fit into memory at once, run step by step."""
        inputs = sum(int(np.prod(node.shape)) for node in self.program.inputs)
        size = inputs + sum(neurons.size for neurons in self._plan.neurons)
        return max(KEPT_BYTES // (n_steps * size), 1)

    def run_sample(
        self,
        stimulus: Mapping[str, NDArray[np.integer]],
        n_steps: int,
        record: frozenset[str] = frozenset(),
        moves: bool = False,
    ) -> SampleTrace:
        """Run one sample, (steps, *shape) by input, as `run_block`."""
        one = {name: values[None] for name, values in stimulus.items()}
        return self.run_block(one, n_steps, record, moves).sample(0)

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
        trace = empty(self.program, self._plan, stimulus, n_steps, record, moves, whole=True)
        self._run(trace, self._initial(trace, whole=True), 0, n_steps)
        return trace

    def run_until(
        self,
        rule: ExitRule,
        stimulus: Mapping[str, NDArray[np.integer]],
        record: frozenset[str] = frozenset(),
        moves: bool = False,
    ) -> StoppedTrace:
        """Run some samples from check to check until `rule` stops each, as `run_block` does."""
        trace = empty(self.program, self._plan, stimulus, rule.n_steps, record, moves, whole=False)
        of_samples = [{n: x[k] for n, x in stimulus.items()} for k in range(trace.n_samples)]
        limits = np.asarray([rule.limit(one) for one in of_samples], np.int64)
        delays = [i.delay_range[1] for neurons in self._plan.neurons for i in neurons.incoming]
        back = LookBack(
            n_steps=max(delays, default=0),
            inputs=frozenset(node.name for node in self.program.inputs),
        )
        return run_until(rule, limits, trace, self._initial(trace, whole=False), back, self._run)

    def _initial(self, trace: BlockTrace, *, whole: bool) -> Mapping[str, State]:
        """Return the states before the first step: one row for all samples where none is kept.

        Parameters
        ----------
        whole : whether all steps are run at once, and none after them.
        """
        n_samples, n_steps = trace.n_samples, trace.n_steps
        kept = {
            neurons.name: _initial(neurons, n_samples)
            for group in self._plan.groups
            for neurons in group.members
            if not whole
            or n_samples == 1
            or group.window < n_steps
            or _layer(neurons, trace) is None
        }
        return {**self._begin, **kept}

    def _run(self, trace: BlockTrace, states: Mapping[str, State], first: int, last: int) -> None:
        """Run the steps ``first:last``, population by population."""
        for group in self._plan.groups:
            for start, stop in _windows(group, first, last):
                for neurons in group.members:
                    state = states[neurons.name]
                    layer = _layer(neurons, trace)
                    if layer is None:
                        a_in = arrivals(neurons, trace, start, stop)
                        self._advance(neurons, state, a_in, start, trace)
                    else:
                        self._advance_layer(neurons, layer, state, (start, stop), trace)

    def _advance_layer(
        self,
        neurons: Neurons,
        layer: Layer,
        state: State,
        steps: tuple[int, int],
        trace: BlockTrace,
    ) -> None:
        start, stop = steps
        incoming = neurons.incoming[0]
        events, row = heard(incoming, trace, start, stop)
        _, _, decay_bits, _, voltage_limit = self._plan.formats
        masks = new_masks(trace.n_samples * (stop - start), neurons.size)
        alone = trace.whole and stop - start == trace.n_steps
        listing = alone and neurons.heard
        n_spikes, often, numbers = advance_layer(
            events,
            row - incoming.delay_range[0],
            layer.synapses.weights,
            (layer.factor, decay_bits, voltage_limit),
            neurons.parameters[0][2] if neurons.rule == ZERO else None,
            None if layer.narrow else np.empty(PITCH, np.int32),
            start,
            stop - start,
            neurons.timing,
            neurons.parameters,
            state,
            layer.parts,
            masks,
            trace.counts,
            _own(neurons, trace),
            listing,
        )
        if alone:
            known = numbers if listing else None
            trace.lists[(neurons.name,)] = Listed(masks, known, n_spikes, often)
        else:
            found = written(masks, (trace.n_samples, stop - start, neurons.size))
            trace.outputs[neurons.name][:, start:stop] = found

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
            trace.counts,
            _own(neurons, trace),
            (trace.u.get(name, _UNRECORDED), trace.v.get(name, _UNRECORDED)),
            trace.moves.get(name, _UNMARKED),
        )


def _own(neurons: Neurons, trace: BlockTrace) -> tuple[int, int]:
    """Return the first column of what the neurons count, and how many slices they have."""
    return trace.columns.neurons[neurons.name].start, len(neurons.slices)


def _layer(neurons: Neurons, trace: BlockTrace) -> Layer | None:
    """Return what moves the population whole, unless what happens within a step is wanted."""
    return None if trace.follows(neurons.name) else neurons.layer


def _initial(neurons: Neurons, n_samples: int) -> State:
    size = (n_samples, neurons.size)
    u, v, drive = (np.empty(size, np.int32) for _ in range(3))
    u[:], v[:], drive[:] = neurons.u0, neurons.v0, neurons.parameters[1][BIAS]
    return u, v, np.zeros(size, np.bool_), drive


def _windows(group: Group, first: int, last: int) -> Iterator[tuple[int, int]]:
    for start in range(first, last, group.window):
        yield start, min(start + group.window, last)
