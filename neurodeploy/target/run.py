"""`Run`: what came out of running a deployment, in integers only."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from neurodeploy.storage.codec import ADDED, digest

Ints = NDArray[np.int64]
Array = TypeVar("Array", NDArray[np.int64], NDArray[np.int32])


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Run:
    """Outputs, counts and ticks of some samples; gathered ones in 32 bits where they fit.

    Parameters
    ----------
    n_steps : steps of a whole sample, drained ones included; what lies after the steps that a
        sample took is 0 in every array with an axis of steps.
    outputs : (sample, neuron) by output population, in the program's order.
    steps_used : (sample,), steps that were run: `n_steps`, or fewer where a policy stopped it.
    totals : counts (sample, row, count); rows and columns as `machine.counts` says.
    step_sums, step_maxima : counts (step, row, count), summed and at most over the samples.
    ticks : (3, sample, step), the low, nominal and high time; None where it is not modelled, and
        so are the arrays of time below.
    core_ticks : (core, 2), nominal ticks in which each core's neuron sweep and its synapses
        worked, summed over samples and steps; waiting is not work.
    link_messages : (y, x, direction), messages over the link that leaves tile (x, y) to the east
        (x + 1), west, north (y + 1) and south, summed over samples and steps.
    bound_by : (sample, step, 2), which unit set the nominal time of the step: a
        `machine.times.Unit`, and the core's number, the link's (its index in `link_messages` laid
        flat), or -1; both -1 after the steps that a sample took.
    barrier_ticks, management_ticks : nominal, summed over samples and steps.
    first_core_ticks : (step, core, 2), `core_ticks` of the first sample step by step; the time of
        its steps is ``ticks[1, 0]``.
    checks : (sample,), how often a sample was checked for its exit; None without an exit policy.
    totals_at_once : like `totals`, of a chip whose layers all stop with the step of the stimulus
        that decided, each in its own time; None without an exit policy. The rest of `totals` is
        what the layers ahead of the output did meanwhile.
    spikes_per_neuron : (neuron,) by population, summed over samples.
    rasters, currents, voltages : (sample, step, neuron) of the recorded populations.
    active : likewise, 1 where a neuron had something to work on; None where no event simulation
        asked for it.
    """

    n_steps: int
    outputs: Mapping[str, Ints]
    steps_used: Ints
    totals: Ints
    step_sums: Ints
    step_maxima: Ints
    ticks: Ints | None
    spikes_per_neuron: Mapping[str, Ints]
    rasters: Mapping[str, Ints]
    currents: Mapping[str, Ints]
    voltages: Mapping[str, Ints]
    core_ticks: Ints | None = None
    link_messages: Ints | None = None
    bound_by: NDArray[np.int32] | None = None
    barrier_ticks: int = 0
    management_ticks: int = 0
    first_core_ticks: Ints | None = None
    checks: Ints | None = field(default=None, metadata=ADDED)
    totals_at_once: Ints | None = field(default=None, metadata=ADDED)
    active: Mapping[str, Ints] | None = field(default=None, metadata=ADDED)

    @property
    def digest(self) -> str:
        """Fingerprint of everything it says."""
        return digest(self)

    @property
    def n_samples(self) -> int:
        """Number of samples."""
        return len(self.steps_used)

    @property
    def mean_steps(self) -> float:
        """Steps that a sample took, mean over samples; a sum of integers, so in any order."""
        return int(self.steps_used.sum()) / self.n_samples

    @property
    def mean_checks(self) -> float:
        """Checks of a sample, mean over samples."""
        return 0.0 if self.checks is None else int(self.checks.sum()) / self.n_samples

    def predictions(self) -> Ints:
        """Return the index of the largest value of the first output; ties go to the lowest."""
        return np.argmax(next(iter(self.outputs.values())), axis=1)


class Gathered:
    """The Runs of parts of a stimulus, gathered in arrays of their final size.

    Which part comes first changes nothing. So memory holds every sample once; a list of Runs that
    is joined at the end holds it twice. `totals` and `ticks`, most of a sample's bytes, are in 32
    bits as long as every value fits.
    """

    def __init__(self, n_samples: int) -> None:
        self._n_samples, self._done = n_samples, 0
        self._run: Run | None = None

    def add(self, part: Run, start: int | None = None) -> int:
        """Take the samples from `start` on, or the next, and return how many are there.

        `part` is not kept.
        """
        start = self._done if start is None else start
        if self._run is None:
            self._run = self._with_room(part)
        run = self._run = _widened(self._run, part)
        at = slice(start, start + part.n_samples)
        for axis, names in _BY_SAMPLE.items():
            for name in names:
                _put(getattr(run, name), getattr(part, name), axis, at)
        if self._done:
            self._run = _summed(run, part)
        if start == 0:
            self._run = replace(self._run, first_core_ticks=part.first_core_ticks)
        self._done += part.n_samples
        return self._done

    def run(self) -> Run:
        """Return what was gathered."""
        assert self._run is not None
        assert self._done == self._n_samples
        return self._run

    def _with_room(self, part: Run) -> Run:
        room = {
            name: _room(getattr(part, name), axis, self._n_samples, narrow=name in _NARROW)
            for axis, names in _BY_SAMPLE.items()
            for name in names
        }
        return replace(part, **room)


_BY_SAMPLE = {
    0: (
        *("outputs", "steps_used", "totals", "bound_by", "rasters", "currents", "voltages"),
        *("checks", "totals_at_once", "active"),
    ),
    1: ("ticks",),
}
"""The fields that have an axis of samples, by its place."""

_NARROW = ("totals", "totals_at_once", "ticks")
_LARGEST = (1 << 31) - 1


def _room(values: Any, axis: int, n_samples: int, *, narrow: bool = False) -> Any:
    if values is None:
        return None
    if isinstance(values, Mapping):
        return {name: _room(array, axis, n_samples) for name, array in values.items()}
    shape = (*values.shape[:axis], n_samples, *values.shape[axis + 1 :])
    return np.empty(shape, np.int32 if narrow else values.dtype)


def _widened(run: Run, part: Run) -> Run:
    """Return `run` with room for what is in `part`."""
    wide = {
        name: room.astype(np.int64)
        for name in _NARROW
        for room, values in ((getattr(run, name), getattr(part, name)),)
        if room is not None and room.itemsize == 4 and not _fits(values)
    }
    return replace(run, **wide) if wide else run


def _fits(values: Ints) -> bool:
    """Return whether all are in 32 bits already, or would be; a negative one is taken for large."""
    return values.itemsize == 4 or int(values.view(np.uint64).max(initial=0)) <= _LARGEST


def _put(room: Any, values: Any, axis: int, at: slice) -> None:
    if values is None:
        return
    if isinstance(values, Mapping):
        for name, array in values.items():
            _put(room[name], array, axis, at)
        return
    room[(slice(None),) * axis + (at,)] = values


def _summed(run: Run, part: Run) -> Run:
    """Return `run` with the sums and maxima of `part` in its own."""
    return replace(
        run,
        step_sums=run.step_sums + part.step_sums,
        step_maxima=np.maximum(run.step_maxima, part.step_maxima),
        spikes_per_neuron={
            name: values + part.spikes_per_neuron[name]
            for name, values in run.spikes_per_neuron.items()
        },
        core_ticks=_added(run.core_ticks, part.core_ticks),
        link_messages=_added(run.link_messages, part.link_messages),
        barrier_ticks=run.barrier_ticks + part.barrier_ticks,
        management_ticks=run.management_ticks + part.management_ticks,
    )


def _added(a: Ints | None, b: Ints | None) -> Ints | None:
    return None if a is None or b is None else a + b


def merge(runs: Sequence[Run]) -> Run:
    """Return `runs` as one, in order; merging is associative."""
    gathered = Gathered(sum(run.n_samples for run in runs))
    for run in runs:
        gathered.add(run)
    return gathered.run()


def padded(run: Run, n_steps: int) -> Run:
    """Return `run` as one of samples of `n_steps`, with nothing in the steps that were not run."""
    more = n_steps - run.n_steps

    def still(values: Array | None, axis: int, nothing: int = 0) -> Array | None:
        return values if values is None else _extended(values, axis, more, nothing)

    def recorded(values: Mapping[str, Ints]) -> dict[str, Ints]:
        return {name: _extended(array, 1, more, 0) for name, array in values.items()}

    return replace(
        run,
        n_steps=n_steps,
        step_sums=_extended(run.step_sums, 0, more, 0),
        step_maxima=_extended(run.step_maxima, 0, more, 0),
        ticks=still(run.ticks, 2),
        bound_by=still(run.bound_by, 1, -1),
        first_core_ticks=still(run.first_core_ticks, 0),
        rasters=recorded(run.rasters),
        currents=recorded(run.currents),
        voltages=recorded(run.voltages),
        active=None if run.active is None else recorded(run.active),
    )


def _extended(values: Array, axis: int, more: int, nothing: int) -> Array:
    widths = [(0, more if k == axis else 0) for k in range(values.ndim)]
    return np.pad(values, widths, constant_values=nothing)
