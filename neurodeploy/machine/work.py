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

    def ticks(self, counts: Ints) -> Ints:
        """Return the ticks (estimate, step, core, 2) of the sweep and the synapses.

        Parameters
        ----------
        counts : (step, row, count)
        """
        total = np.zeros((len(ESTIMATES), len(counts), self.access.shape[1], 2), np.int64)
        priced = np.stack(np.nonzero(self.prices.any(axis=0)), axis=1)
        _spend(counts, self.cores, priced, self.prices, self.access, total)
        return total


@compiled
def _spend(
    counts: Ints, cores: Ints, priced: Ints, prices: Ints, access: Ints, total: Ints
) -> None:
    """Add up `total`; only the `priced` (count, unit) take time, and few of them happen in a step.

    All estimates in one pass over the counts, which are most of what is read.
    """
    n_estimates, n_steps, n_cores, _ = total.shape
    for step in range(n_steps):
        for k in range(n_estimates):
            for core in range(n_cores):
                total[k, step, core, 0] = access[k, core]
        for row in range(len(cores)):
            core = cores[row]
            if core == _HOST:
                continue
            for p in range(len(priced)):
                column, unit = priced[p, 0], priced[p, 1]
                found = counts[step, row, column]
                if found != 0:
                    for k in range(n_estimates):
                        total[k, step, core, unit] += found * prices[k, column, unit]


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
