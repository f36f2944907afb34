"""From what the neurons of some samples did to their `Run`, all samples at once.

The steps of the samples, laid one after another, are the rows of every count; the result is that of
`accounting.Accounts.run_of` for each sample, merged.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from neurodeploy.machine.causes import Lists
from neurodeploy.machine.readout import read
from neurodeploy.machine.reduced import reduced, summed
from neurodeploy.machine.spikes import often
from neurodeploy.machine.times import Times
from neurodeploy.machine.timing import Timing
from neurodeploy.target.accounting import Accounts
from neurodeploy.target.run import Run

Ints = NDArray[np.integer]

SIMULATED = 1 << 22
"""Steps times neurons that are simulated at once at L3."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class BlockEvents:
    """What some samples did; axis 0 is the sample, the others as in `accounting.SampleEvents`.

    Every array is C-ordered.

    Parameters
    ----------
    lists : spikes that were listed before, of all steps of all samples.
    """

    outputs: Mapping[str, Ints]
    u: Mapping[str, Ints]
    v: Mapping[str, Ints]
    neuron_counts: Mapping[str, NDArray[np.int64]]
    active: Mapping[str, Ints] = field(default_factory=dict)
    lists: Lists = field(default_factory=dict)

    @property
    def shape(self) -> tuple[int, int]:
        """Samples and steps."""
        n_samples, n_steps, _ = next(iter(self.outputs.values())).shape
        return n_samples, n_steps


def run_of_block(accounts: Accounts, events: BlockEvents, n_stimulus_steps: int) -> Run:
    """Return the Run of some samples, each of all its steps."""
    n_samples, n_steps = events.shape
    lists: Lists = dict(events.lists)
    rows = _rows(events.outputs)
    ledger = accounts.ledger
    counts = ledger.kept(rows, _rows(events.neuron_counts), n_samples * n_steps, lists)
    by_step = counts.reshape(n_samples, n_steps, -1)
    totals, step_sums, step_maxima = map(ledger.columns.spread, reduced(by_step))
    run = Run(
        n_steps=n_steps,
        outputs={
            o.population: read(o, events.outputs[o.population], n_stimulus_steps)
            for o in accounts.program.outputs
        },
        steps_used=np.full(n_samples, n_steps),
        totals=totals,
        step_sums=step_sums,
        step_maxima=step_maxima,
        ticks=None,
        spikes_per_neuron={
            p.name: often(rows[p.name], lists.get((p.name,)))
            for p in accounts.program.populations
            if p.spiking
        },
        rasters=_kept(events.outputs, accounts.record),
        currents=_kept(events.u, accounts.record),
        voltages=_kept(events.v, accounts.record),
        active=_kept(events.active, accounts.record) or None,
    )
    if accounts.timing is None:
        return run
    if accounts.needs_active:
        times = _each(accounts.timing, by_step, events)
    else:
        times = accounts.timing.times(counts, rows, {}, lists)
    links = accounts.timing.link_messages(rows, lists, run.spikes_per_neuron)
    return _timed(run, times, links)


def _rows(values: Mapping[str, NDArray[np.integer]]) -> dict[str, NDArray[np.integer]]:
    """Return arrays (sample, step, ...) as (sample * step, ...)."""
    return {name: array.reshape(-1, *array.shape[2:]) for name, array in values.items()}


def _each(timing: Timing, counts: NDArray[np.int64], events: BlockEvents) -> Times:
    """Return the times of the samples, some simulated at once."""
    n_samples, n_steps = events.shape
    neurons = sum(int(np.prod(values.shape[2:])) for values in events.outputs.values())
    size = max(SIMULATED // (n_steps * neurons), 1)
    parts = [slice(k, min(k + size, n_samples)) for k in range(0, n_samples, size)]
    found = [
        timing.times(
            counts[part].reshape(-1, counts.shape[2]),
            _rows({name: values[part] for name, values in events.outputs.items()}),
            _rows({name: values[part] for name, values in events.active.items()}),
            n_samples=part.stop - part.start,
        )
        for part in parts
    ]
    return Times(
        ticks=np.concatenate([times.ticks for times in found], axis=1),
        core_ticks=np.concatenate([times.core_ticks for times in found]),
        bound_by=np.concatenate([times.bound_by for times in found]),
        barrier_ticks=sum(times.barrier_ticks for times in found),
        management_ticks=sum(times.management_ticks for times in found),
    )


def _timed(run: Run, times: Times, link_messages: NDArray[np.int64]) -> Run:
    steps, core_ticks = (run.n_samples, run.n_steps), times.core_ticks
    return replace(
        run,
        ticks=times.ticks.reshape(-1, *steps),
        core_ticks=summed(core_ticks.reshape(len(core_ticks), -1)).reshape(core_ticks.shape[1:]),
        link_messages=link_messages,
        bound_by=times.bound_by.reshape(*steps, 2),
        barrier_ticks=times.barrier_ticks,
        management_ticks=times.management_ticks,
        first_core_ticks=core_ticks[: run.n_steps].copy(),
    )


def _kept(values: Mapping[str, Ints], names: frozenset[str]) -> dict[str, NDArray[np.int64]]:
    return {name: values[name].astype(np.int64) for name in values if name in names}
