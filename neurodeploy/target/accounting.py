"""From what the neurons of one sample did to its `Run`: the accounting that targets share.

A sample that an exit policy stopped comes with fewer steps; its Run says so, and its arrays are
those of a whole sample with nothing in the steps that were not run.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from neurodeploy.deployment.deployment import Deployment
from neurodeploy.deployment.exit_policy import ExitPolicy
from neurodeploy.machine.counts import Kept
from neurodeploy.machine.ledger import Ledger, ledger_of
from neurodeploy.machine.readout import read
from neurodeploy.machine.times import Times
from neurodeploy.machine.timing import Timing, timing_of
from neurodeploy.program import Program
from neurodeploy.program.exit_rule import ExitRule
from neurodeploy.program.schedule import own_lags
from neurodeploy.target.contract import RunOptions
from neurodeploy.target.run import Run, padded

Ints = NDArray[np.integer]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SampleEvents:
    """What one sample did; axis 0 is the step that was run, axis 1 the neuron (C order).

    Parameters
    ----------
    outputs : by input and population; spikes, payloads, or the voltages of a readout.
    u, v : state at the end of each step, of the recorded populations.
    neuron_counts : (step, count, slice) by population, the counts as in `NEURON_COUNTS`.
    active : by population, not 0 where the neuron has input, state or bias to work on; only
        where `Accounts.needs_active` asks for it.
    """

    outputs: Mapping[str, Ints]
    u: Mapping[str, Ints]
    v: Mapping[str, Ints]
    neuron_counts: Mapping[str, Ints]
    active: Mapping[str, NDArray[np.integer]] = field(default_factory=dict)

    @property
    def n_steps(self) -> int:
        """Steps that were run."""
        return len(next(iter(self.outputs.values())))


@dataclass(frozen=True, slots=True, kw_only=True)
class Accounts:
    """A placed program's ledger and clock."""

    program: Program
    ledger: Ledger
    timing: Timing | None
    record: frozenset[str]
    exit_policy: ExitPolicy | None = None

    @property
    def needs_active(self) -> bool:
        """Whether `SampleEvents.active` is wanted: an event simulation places every update."""
        return self.timing is not None and self.timing.needs_active

    def rule_for(self, n_stimulus_steps: int) -> ExitRule | None:
        """Return the exit policy in integers, or None where every sample is run to its end."""
        if self.exit_policy is None:
            return None
        return self.exit_policy.rule_for(self.program, n_stimulus_steps)

    def run_of(self, events: SampleEvents, n_stimulus_steps: int) -> Run:
        """Return the Run of one sample."""
        counts = self._counts(events)
        run = self._counted(events, n_stimulus_steps, counts)
        if self.timing is not None:
            run = _timed(run, self.timing, counts, events)
        rule = self.rule_for(n_stimulus_steps)
        return run if rule is None else self._stopped(run, events, counts, rule)

    def _stopped(self, run: Run, events: SampleEvents, counts: Kept, rule: ExitRule) -> Run:
        """Add what an exit policy did; a sample that it did not stop is told of like the others."""
        n = rule.informative(run.n_steps)
        decided = rule.n_unread + n  # steps of the stimulus until then
        ends = {name: lag + decided for name, lag in own_lags(self.program).items()}
        late = self._counts(after(events, decided, ends))
        at_once = counts[:decided].sum(axis=0) + late.sum(axis=0)
        run = replace(
            run,
            checks=np.asarray([rule.n_checks(n, rule.limit(events.outputs))]),
            totals_at_once=self.ledger.columns.spread(at_once[None]),
        )
        return padded(run, rule.n_steps)

    def _counts(self, events: SampleEvents) -> Kept:
        return self.ledger.kept(events.outputs, events.neuron_counts, events.n_steps, {})

    def _counted(self, events: SampleEvents, n_stimulus_steps: int, counts: Kept) -> Run:
        n_steps, whole = len(counts), self.ledger.columns.spread(counts)
        return Run(
            n_steps=n_steps,
            outputs={
                o.population: read(o, events.outputs[o.population], n_stimulus_steps)[None]
                for o in self.program.outputs
            },
            steps_used=np.asarray([n_steps]),
            totals=whole.sum(axis=0)[None],
            step_sums=whole,
            step_maxima=whole,
            ticks=None,
            spikes_per_neuron={
                p.name: np.count_nonzero(events.outputs[p.name], axis=0).astype(np.int64)
                for p in self.program.populations
                if p.spiking
            },
            rasters=_kept(events.outputs, self.record),
            currents=_kept(events.u, self.record),
            voltages=_kept(events.v, self.record),
            active=_kept(events.active, self.record) or None,
        )


def accounts_of(deployment: Deployment, options: RunOptions) -> Accounts:
    """Return the accounts of a deployment; time is modelled unless L0 is asked for."""
    program, placement = deployment.program, deployment.placement
    ledger = ledger_of(program, placement)
    return Accounts(
        program=program,
        ledger=ledger,
        timing=timing_of(deployment.hardware, program, placement, ledger, options.fidelity),
        record=options.record,
        exit_policy=deployment.exit_policy,
    )


def after(events: SampleEvents, first: int, ends: Mapping[str, int]) -> SampleEvents:
    """Return the steps from `first` on, without what each node does from its end on.

    Parameters
    ----------
    ends : by input and population, the step from which it is still.
    """

    def still(values: Mapping[str, Ints]) -> dict[str, Ints]:
        kept = {name: array[first:].copy() for name, array in values.items()}
        for name, array in kept.items():
            array[max(ends[name] - first, 0) :] = 0
        return kept

    return SampleEvents(
        outputs=still(events.outputs), u={}, v={}, neuron_counts=still(events.neuron_counts)
    )


def _timed(run: Run, timing: Timing, counts: Kept, events: SampleEvents) -> Run:
    times: Times = timing.times(counts, events.outputs, events.active)
    return replace(
        run,
        ticks=times.ticks[:, None],
        core_ticks=times.core_ticks,
        link_messages=timing.link_messages(events.outputs),
        bound_by=times.bound_by[None],
        barrier_ticks=times.barrier_ticks,
        management_ticks=times.management_ticks,
        first_core_ticks=times.first_core_ticks,
    )


def _kept(values: Mapping[str, Ints], names: frozenset[str]) -> dict[str, NDArray[np.int64]]:
    return {name: values[name].astype(np.int64)[None] for name in values if name in names}
