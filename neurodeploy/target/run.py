"""`Run`: what came out of running a deployment, in integers only."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from neurodeploy.storage.codec import ADDED, digest

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Run:
    """Outputs, counts and ticks of some samples.

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
    bound_by: Ints | None = None
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


def merge(runs: Sequence[Run]) -> Run:
    """Return `runs` as one, in order; merging is associative."""
    first = runs[0]

    def stacked(parts: Sequence[Mapping[str, Ints]]) -> dict[str, Ints]:
        return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}

    return Run(
        n_steps=first.n_steps,
        outputs=stacked([run.outputs for run in runs]),
        steps_used=np.concatenate([run.steps_used for run in runs]),
        totals=np.concatenate([run.totals for run in runs]),
        step_sums=np.sum([run.step_sums for run in runs], axis=0),
        step_maxima=np.max([run.step_maxima for run in runs], axis=0),
        ticks=_joined([run.ticks for run in runs], axis=1),
        spikes_per_neuron={
            name: np.sum([run.spikes_per_neuron[name] for run in runs], axis=0)
            for name in first.spikes_per_neuron
        },
        rasters=stacked([run.rasters for run in runs]),
        currents=stacked([run.currents for run in runs]),
        voltages=stacked([run.voltages for run in runs]),
        core_ticks=_added([run.core_ticks for run in runs]),
        link_messages=_added([run.link_messages for run in runs]),
        bound_by=_joined([run.bound_by for run in runs], axis=0),
        barrier_ticks=sum(run.barrier_ticks for run in runs),
        management_ticks=sum(run.management_ticks for run in runs),
        first_core_ticks=first.first_core_ticks,
        checks=_joined([run.checks for run in runs], axis=0),
        totals_at_once=_joined([run.totals_at_once for run in runs], axis=0),
        active=stacked([run.active for run in runs if run.active is not None])
        if first.active is not None
        else None,
    )


def padded(run: Run, n_steps: int) -> Run:
    """Return `run` as one of samples of `n_steps`, with nothing in the steps that were not run."""
    more = n_steps - run.n_steps

    def still(values: Ints | None, axis: int, nothing: int = 0) -> Ints | None:
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


def _extended(values: Ints, axis: int, more: int, nothing: int) -> Ints:
    widths = [(0, more if k == axis else 0) for k in range(values.ndim)]
    return np.pad(values, widths, constant_values=nothing)


def _joined(parts: Sequence[Ints | None], axis: int) -> Ints | None:
    known = [part for part in parts if part is not None]
    return np.concatenate(known, axis=axis) if known else None


def _added(parts: Sequence[Ints | None]) -> Ints | None:
    known = [part for part in parts if part is not None]
    return np.sum(known, axis=0) if known else None
