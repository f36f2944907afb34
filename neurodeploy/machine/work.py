"""Ticks that every core spends on its neurons and on its synapses: counts times a chip's clock."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from neurodeploy.deployment.placement import Placement
from neurodeploy.machine.clock import ESTIMATES, Clock
from neurodeploy.machine.counts import HOST, Count, Row

Ints = NDArray[np.int64]

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
        on_chip = self.cores != HOST
        total = np.zeros((self.access.shape[1], len(counts), 2), np.int64)
        spent = counts[:, on_chip] @ self.prices[estimate]
        np.add.at(total, self.cores[on_chip], spent.transpose(1, 0, 2))
        total[:, :, 0] += self.access[estimate, :, None]
        return np.ascontiguousarray(total.transpose(1, 0, 2))


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
