"""Ticks that every core spends on its neurons and on its synapses: counts times a chip's clock."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from neurodeploy.deployment.placement import Placement
from neurodeploy.machine.clock import ESTIMATES, Clock
from neurodeploy.machine.compiled import compiled
from neurodeploy.machine.counts import HOST, Count, Row

Ints = NDArray[np.int64]

_HOST = int(HOST)  # a plain integer, which the compiler takes

_SWEEP: Mapping[Count, tuple[str, ...]] = {
    Count.NEURON_UPDATES_ACTIVE: ("neuron_update",),
    Count.SPIKES: ("spike_out",),
    Count.MESSAGES_OUT: ("axon_out",),
}
_SYNAPSES: Mapping[Count, tuple[str, ...]] = {
    Count.MESSAGES_IN: ("axon_in",),
    Count.SYNOPS_DENSE: ("synapse_dense", "dendrite"),
    Count.SYNOPS_SPARSE: ("synapse_sparse", "dendrite"),
    Count.SYNOPS_CONV: ("synapse_conv", "dendrite"),
}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Work:
    """Prices of what a core does.

    Parameters
    ----------
    cores : (row,), HOST for inputs.
    access : ticks (estimate, core) of visiting every neuron of the core once.
    prices : ticks (estimate, count, 2) of the sweep and of the synapses.
    """

    cores: Ints
    access: Ints
    prices: Ints

    def ticks(self, counts: Ints, estimate: int) -> Ints:
        """Return the ticks (step, core, 2) of the sweep and the synapses.

        Parameters
        ----------
        counts : (step, row, count)
        """
        total = np.zeros((len(counts), self.access.shape[1], 2), np.int64)
        columns = np.flatnonzero(self.prices[estimate].any(axis=1))
        _spend(counts, self.cores, columns, self.prices[estimate], self.access[estimate], total)
        return total


@compiled
def _spend(
    counts: Ints, cores: Ints, columns: Ints, prices: Ints, access: Ints, total: Ints
) -> None:
    """Add up `total` (step, core, 2); only `columns` of the counts have a price."""
    for step in range(counts.shape[0]):
        for core in range(len(access)):
            total[step, core, 0] = access[core]
        for row in range(len(cores)):
            core = cores[row]
            if core == _HOST:
                continue
            for column in columns:
                found = counts[step, row, column]
                total[step, core, 0] += found * prices[column, 0]
                total[step, core, 1] += found * prices[column, 1]


def work_of(clock: Clock, placement: Placement, rows: tuple[Row, ...]) -> Work:
    """Return the prices of a placed program."""
    prices = np.zeros((len(ESTIMATES), len(Count), 2), np.int64)
    for unit, terms in enumerate((_SWEEP, _SYNAPSES)):
        for count, names in terms.items():
            prices[:, count, unit] = np.sum([clock.ticks[name] for name in names], axis=0)
    neurons = np.zeros(placement.n_cores, np.int64)
    for part in placement.slices:
        neurons[part.core] += part.size
    return Work(
        cores=np.asarray([row.core for row in rows], np.int64),
        access=np.outer(clock.ticks["neuron_access"], neurons),
        prices=prices,
    )
