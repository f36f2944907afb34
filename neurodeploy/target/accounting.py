"""From what the neurons of one sample did to its `Run`: the accounting that targets share."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from neurodeploy.deployment.deployment import Deployment
from neurodeploy.machine.counts import Count, Row
from neurodeploy.machine.ledger import Ledger, ledger_of
from neurodeploy.machine.readout import read
from neurodeploy.machine.times import Times
from neurodeploy.machine.timing import Timing, timing_of
from neurodeploy.program import Program
from neurodeploy.target.contract import RunOptions
from neurodeploy.target.run import Run

Ints = NDArray[np.integer]

NEURON_COUNTS = (
    Count.NEURON_UPDATES_ACTIVE,
    Count.CURRENT_WRAPS,
    Count.VOLTAGE_SATURATIONS,
)
"""What only the neurons know, in the order of `SampleEvents.neuron_counts`."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SampleEvents:
    """What one sample did; axis 0 is the step, axis 1 the neuron (C order).

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
    neuron_counts: Mapping[str, NDArray[np.int64]]
    active: Mapping[str, NDArray[np.integer]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Accounts:
    """A placed program's ledger and clock."""

    program: Program
    ledger: Ledger
    timing: Timing | None
    record: frozenset[str]

    @property
    def needs_active(self) -> bool:
        """Whether `SampleEvents.active` is wanted: an event simulation places every update."""
        return self.timing is not None and self.timing.needs_active

    def run_of(self, events: SampleEvents, n_stimulus_steps: int) -> Run:
        """Return the Run of one sample."""
        n_steps = n_stimulus_steps + self.program.drain_steps
        counts = self.ledger.count(events.outputs, n_steps)
        _add_neuron_counts(counts, self.ledger.rows, events.neuron_counts)
        run = self._counted(events, n_stimulus_steps, counts)
        return run if self.timing is None else _timed(run, self.timing, counts, events)

    def _counted(
        self, events: SampleEvents, n_stimulus_steps: int, counts: NDArray[np.int64]
    ) -> Run:
        n_steps = len(counts)
        return Run(
            n_steps=n_steps,
            outputs={
                o.population: read(o, events.outputs[o.population], n_stimulus_steps)[None]
                for o in self.program.outputs
            },
            steps_used=np.asarray([n_steps]),
            totals=counts.sum(axis=0)[None],
            step_sums=counts,
            step_maxima=counts,
            ticks=None,
            spikes_per_neuron={
                p.name: np.count_nonzero(events.outputs[p.name], axis=0).astype(np.int64)
                for p in self.program.populations
                if p.spiking
            },
            rasters=_kept(events.outputs, self.record),
            currents=_kept(events.u, self.record),
            voltages=_kept(events.v, self.record),
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
    )


def _timed(run: Run, timing: Timing, counts: NDArray[np.int64], events: SampleEvents) -> Run:
    times: Times = timing.times(counts, events.outputs, events.active)
    return replace(
        run,
        ticks=times.ticks[:, None],
        core_ticks=times.core_ticks.sum(axis=0),
        link_messages=timing.link_messages(events.outputs),
        bound_by=times.bound_by[None],
        barrier_ticks=times.barrier_ticks,
        management_ticks=times.management_ticks,
        first_core_ticks=times.core_ticks,
    )


def _add_neuron_counts(
    counts: NDArray[np.int64],
    rows: tuple[Row, ...],
    neuron_counts: Mapping[str, NDArray[np.int64]],
) -> None:
    """Fill in the columns of `NEURON_COUNTS`; a population's rows are its slices, in order."""
    index: dict[str, int] = {}
    for k, row in enumerate(rows):
        if row.node not in neuron_counts:
            continue
        part = index.get(row.node, 0)
        index[row.node] = part + 1
        counts[:, k, NEURON_COUNTS] = neuron_counts[row.node][:, :, part]


def _kept(values: Mapping[str, Ints], names: frozenset[str]) -> dict[str, NDArray[np.int64]]:
    return {name: values[name].astype(np.int64)[None] for name in values if name in names}
