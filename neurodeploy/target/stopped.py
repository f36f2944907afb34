"""From samples that an exit policy stopped one by one to their `Run`, all samples at once.

The steps that were run, laid one sample after another, are the rows of every count; the result is
that of `accounting.Accounts.run_of` for each sample, merged.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from neurodeploy.machine.causes import Lists, list_of
from neurodeploy.machine.counts import Kept
from neurodeploy.machine.readout import read
from neurodeploy.machine.spikes import often
from neurodeploy.machine.times import Times, joined
from neurodeploy.machine.timing import Timing
from neurodeploy.program.exit_rule import ExitRule
from neurodeploy.program.schedule import own_lags
from neurodeploy.target.accounting import Accounts
from neurodeploy.target.run import Run

Ints = NDArray[np.int64]
Rows = Mapping[str, NDArray[np.integer]]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class StoppedEvents:
    """What some samples did; axis 0 of every array is the row, a step that was run.

    Parameters
    ----------
    used : (sample,), steps of each.
    counts : (row, column), as in `block.BlockEvents`.
    """

    used: Ints
    outputs: Rows
    u: Rows
    v: Rows
    counts: Kept
    active: Rows = field(default_factory=dict)

    @property
    def starts(self) -> Ints:
        """The first row of each sample, and the number of rows."""
        return np.concatenate([[0], np.cumsum(self.used)])

    @property
    def places(self) -> tuple[Ints, Ints]:
        """Sample and step of each row."""
        samples = np.repeat(np.arange(len(self.used)), self.used)
        return samples, np.arange(len(samples)) - self.starts[samples]


def run_of_stopped(accounts: Accounts, events: StoppedEvents, rule: ExitRule) -> Run:
    """Return the Run of samples that `rule` stopped."""
    lists: Lists = {}
    accounts.ledger.add(events.outputs, lists, events.counts)
    run = _counted(accounts, events, lists, rule)
    if accounts.timing is None:
        return run
    if accounts.needs_active:
        times = _each(accounts.timing, events)
    else:
        times = accounts.timing.times(events.counts, events.outputs, {}, lists)
    return _timed(run, events, times, accounts.timing.link_messages(events.outputs, lists))


def _counted(accounts: Accounts, events: StoppedEvents, lists: Lists, rule: ExitRule) -> Run:
    by_step = _spread(events, events.counts, rule.n_steps)
    totals, spread = by_step.sum(axis=1), accounts.ledger.columns.spread
    informative = [rule.informative(int(n)) for n in events.used]
    return Run(
        n_steps=rule.n_steps,
        outputs=_readouts(accounts, events, rule),
        steps_used=events.used.copy(),
        totals=spread(totals),
        step_sums=spread(by_step.sum(axis=0)),
        step_maxima=spread(by_step.max(axis=0)),
        ticks=None,
        spikes_per_neuron={
            p.name: often(list_of((p.name,), events.outputs, lists), p.size)
            for p in accounts.program.populations
            if p.spiking
        },
        rasters=_kept(events, events.outputs, accounts.record, rule.n_steps),
        currents=_kept(events, events.u, accounts.record, rule.n_steps),
        voltages=_kept(events, events.v, accounts.record, rule.n_steps),
        active=_kept(events, events.active, accounts.record, rule.n_steps) or None,
        checks=np.asarray(
            [rule.n_checks(n, rule.limit(_sample(events, k))) for k, n in enumerate(informative)]
        ),
        totals_at_once=spread(
            _at_once(accounts, events, totals, rule.n_unread + np.asarray(informative))
        ),
    )


def _at_once(accounts: Accounts, events: StoppedEvents, totals: Ints, decided: Ints) -> Ints:
    """Return totals without what each layer does after the step of its own that decided.

    Parameters
    ----------
    decided : (sample,), steps of the stimulus until the decision.
    """
    samples, steps = events.places
    late = steps >= decided[samples]
    lags, ledger = own_lags(accounts.program), accounts.ledger
    totals = totals.copy()
    np.subtract.at(totals, samples[late], events.counts[late])
    past = steps[late] - decided[samples[late]]  # own steps beyond the decision, of a lag of 0

    def still(values: Rows) -> dict[str, NDArray[np.integer]]:
        kept = {name: array[late] for name, array in values.items()}
        for name, array in kept.items():
            array[past >= lags[name]] = 0
        return kept

    if late.any():
        of_neurons = still(ledger.columns.of_neurons(events.counts))
        tail = ledger.kept(still(events.outputs), of_neurons, len(past), {})
        np.add.at(totals, samples[late], tail)
    return totals


def _readouts(accounts: Accounts, events: StoppedEvents, rule: ExitRule) -> dict[str, Ints]:
    n_stimulus = rule.n_unread + rule.n_informative
    ends = events.starts
    return {
        output.population: np.stack(
            [
                read(output, events.outputs[output.population][start:stop], n_stimulus)
                for start, stop in pairwise(ends)
            ]
        )
        for output in accounts.program.outputs
    }


def _each(timing: Timing, events: StoppedEvents) -> Times:
    """Return the times of the samples, each simulated alone, one after another."""
    ends = events.starts
    found = [
        timing.times(
            events.counts[start:stop],
            {name: values[start:stop] for name, values in events.outputs.items()},
            {name: values[start:stop] for name, values in events.active.items()},
        )
        for start, stop in pairwise(ends)
    ]
    return joined(found)


def _timed(run: Run, events: StoppedEvents, times: Times, link_messages: Ints) -> Run:
    shape = (run.n_samples, run.n_steps)
    ticks = np.zeros((len(times.ticks), *shape), np.int64)
    bound_by = np.full((*shape, 2), -1, times.bound_by.dtype)
    samples, steps = events.places
    ticks[:, samples, steps] = times.ticks
    bound_by[samples, steps] = times.bound_by
    first = np.zeros((run.n_steps, *times.core_ticks.shape), np.int64)
    first[: events.used[0]] = times.first_core_ticks[: events.used[0]]
    return replace(
        run,
        ticks=ticks,
        core_ticks=times.core_ticks,
        link_messages=link_messages,
        bound_by=bound_by,
        barrier_ticks=times.barrier_ticks,
        management_ticks=times.management_ticks,
        first_core_ticks=first,
    )


def _spread(events: StoppedEvents, rows: NDArray[np.integer], n_steps: int) -> NDArray[np.int64]:
    """Return rows as (sample, step, ...), with 0 where no step was run."""
    found = np.zeros((len(events.used), n_steps, *rows.shape[1:]), np.int64)
    found[events.places] = rows
    return found


def _kept(
    events: StoppedEvents, values: Rows, names: frozenset[str], n_steps: int
) -> dict[str, Ints]:
    return {name: _spread(events, values[name], n_steps) for name in values if name in names}


def _sample(events: StoppedEvents, k: int) -> Rows:
    start, stop = events.starts[k : k + 2]
    return {name: values[start:stop] for name, values in events.outputs.items()}
