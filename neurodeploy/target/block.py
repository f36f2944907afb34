"""From what the neurons of some samples did to their `Run`, all samples at once.

The steps of the samples, laid one after another, are the rows of every count; the result is that of
`accounting.Accounts.run_of` for each sample, merged.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neurodeploy.machine.causes import Lists, list_of
from neurodeploy.machine.counts import Kept
from neurodeploy.machine.on_demand import OnDemand
from neurodeploy.machine.readout import read, read_bits
from neurodeploy.machine.spikes import often
from neurodeploy.machine.times import Times, joined
from neurodeploy.machine.timing import Timing
from neurodeploy.program import Output, Program
from neurodeploy.target.accounting import Accounts
from neurodeploy.target.run import Run
from neurodeploy.terms import Readout

Ints = NDArray[np.integer]

SIMULATED = 1 << 22
"""Steps times neurons that are simulated at once at L3."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class BlockEvents:
    """What some samples did; axis 0 is the sample, the others as in `accounting.SampleEvents`.

    Every array is C-ordered.

    Parameters
    ----------
    outputs : those that are in `lists` are seldom asked for.
    counts : (sample, step, column) as a ledger keeps them, those of neurons counted; what spikes
        cause is added to it.
    lists : spikes that were listed before, of all steps of all samples.
    """

    outputs: Mapping[str, Ints]
    u: Mapping[str, Ints]
    v: Mapping[str, Ints]
    counts: Kept
    active: Mapping[str, Ints] = field(default_factory=dict)
    lists: Lists = field(default_factory=dict)

    @property
    def shape(self) -> tuple[int, int]:
        """Samples and steps."""
        n_samples, n_steps, _ = self.counts.shape
        return n_samples, n_steps


def run_of_block(accounts: Accounts, events: BlockEvents, n_stimulus_steps: int) -> Run:
    """Return the Run of some samples, each of all its steps."""
    n_samples, n_steps = events.shape
    lists: Lists = dict(events.lists)
    rows = _rows(events.outputs)
    ledger, counts = accounts.ledger, events.counts
    ledger.add(rows, lists, counts.reshape(n_samples * n_steps, -1))
    found, sums_end = ledger.columns.reduced(counts), n_samples + n_steps
    spikes = {
        p.name: often(list_of((p.name,), rows, lists), p.size)
        for p in accounts.program.populations
        if p.spiking
    }
    return Run(
        n_steps=n_steps,
        outputs={
            o.population: _read(accounts.program, o, events, n_stimulus_steps)
            for o in accounts.program.outputs
        },
        steps_used=np.full(n_samples, n_steps),
        totals=found[:n_samples],
        step_sums=found[n_samples:sums_end],
        step_maxima=found[sums_end:],
        spikes_per_neuron=spikes,
        rasters=_kept(events.outputs, accounts.record),
        currents=_kept(events.u, accounts.record),
        voltages=_kept(events.v, accounts.record),
        active=_kept(events.active, accounts.record) or None,
        **_times(accounts, events, rows, lists, spikes),
    )


def _read(
    program: Program, output: Output, events: BlockEvents, n_stimulus_steps: int
) -> NDArray[np.int64]:
    """Return the readout, (sample, neuron); a count of listed spikes without their raster."""
    name = output.population
    known = events.lists.get((name,))
    if known is None or known.masks is None or output.readout is not Readout.COUNT:
        return read(output, events.outputs[name], n_stimulus_steps)
    masks = known.masks.reshape(*events.shape, -1)
    return read_bits(output, masks, program.population(name).size, n_stimulus_steps)


def _rows(values: Mapping[str, NDArray[np.integer]]) -> Mapping[str, NDArray[np.integer]]:
    """Return arrays (sample, step, ...) as (sample * step, ...), each when it is asked for."""
    return OnDemand(values, lambda name: values[name].reshape(-1, *values[name].shape[2:]))


def _each(timing: Timing, events: BlockEvents) -> Times:
    """Return the times of the samples, some simulated at once."""
    counts, (n_samples, n_steps) = events.counts, events.shape
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
    return joined(found)


def _times(
    accounts: Accounts,
    events: BlockEvents,
    rows: Mapping[str, Ints],
    lists: Lists,
    spikes: Mapping[str, NDArray[np.int64]],
) -> dict[str, Any]:
    """Return what a Run says of time, by name."""
    timing, (n_samples, n_steps) = accounts.timing, events.shape
    if timing is None:
        return {"ticks": None}
    if accounts.needs_active:
        times = _each(timing, events)
    else:
        by_row = events.counts.reshape(n_samples * n_steps, -1)
        times = timing.times(by_row, rows, {}, lists, n_samples)
    return {
        "ticks": times.ticks.reshape(-1, n_samples, n_steps),
        "core_ticks": times.core_ticks,
        "link_messages": timing.link_messages(rows, lists, spikes),
        "bound_by": times.bound_by.reshape(n_samples, n_steps, 2),
        "barrier_ticks": times.barrier_ticks,
        "management_ticks": times.management_ticks,
        "first_core_ticks": times.first_core_ticks[:n_steps].copy(),
    }


def _kept(values: Mapping[str, Ints], names: frozenset[str]) -> dict[str, NDArray[np.int64]]:
    return {name: values[name].astype(np.int64) for name in values if name in names}
