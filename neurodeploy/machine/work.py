"""Ticks that every core spends on its neurons and on its synapses: counts times a chip's clock."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from neurodeploy.deployment.placement import Placement
from neurodeploy.machine.clock import ESTIMATES, HIGH, LOW, NOMINAL, Clock
from neurodeploy.machine.columns import Columns
from neurodeploy.machine.compiled import compiled, inlined
from neurodeploy.machine.counts import HOST, Count, Kept, Row

Ints = NDArray[np.int64]

KINDS = 2
"""Kinds of work of a core: the sweep and the synapses."""

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
    """Prices of what a core does; its work is numbered ``kind * n_cores + core``.

    Parameters
    ----------
    always : ticks (estimate, work) that are spent in every step: a visit to each neuron.
    places : (term, work), which column of a step's counts is priced.
    prices : ticks (term, estimate, work); 0 where a work has fewer terms than another.
    """

    always: Ints
    places: Ints
    prices: Ints

    @property
    def n_cores(self) -> int:
        """Number of cores."""
        return self.always.shape[1] // KINDS

    def ticks(self, counts: Kept) -> Ints:
        """Return the ticks (estimate, step, core, kind) of the sweep and the synapses.

        Parameters
        ----------
        counts : (step, column)
        """
        spent = np.empty((len(counts), *self.always.shape), np.int64)
        _spend_all(counts, self.always, self.places, self.prices, spent)
        by_kind = spent.reshape(len(counts), len(ESTIMATES), KINDS, self.n_cores)
        return by_kind.transpose(1, 0, 3, 2)


@compiled
def _spend_all(counts: Kept, always: Ints, places: Ints, prices: Ints, spent: Ints) -> None:
    for step in range(len(counts)):
        spend(counts[step], always, places, prices, spent[step])


@inlined
def spend(counts: Kept, always: Ints, places: Ints, prices: Ints, spent: Ints) -> None:
    """Set `spent` (estimate, work) to what the `counts` of one step take, as `Work` says."""
    low, nominal, high = spent[LOW], spent[NOMINAL], spent[HIGH]
    n_works = always.shape[1]
    for w in range(n_works):
        low[w], nominal[w], high[w] = always[LOW, w], always[NOMINAL, w], always[HIGH, w]
    for term in range(len(places)):
        price = prices[term]
        for w in range(n_works):  # a register of works at once
            found = counts[np.uintp(places[term, w])]
            low[w] += found * price[LOW, w]
            nominal[w] += found * price[NOMINAL, w]
            high[w] += found * price[HIGH, w]


def work_of(clock: Clock, placement: Placement, rows: tuple[Row, ...], columns: Columns) -> Work:
    """Return the prices of a placed program."""
    n_cores, priced = placement.n_cores, tuple(_priced(clock))
    terms: list[dict[int, Ints]] = [{} for _ in range(KINDS * n_cores)]
    for k, row in enumerate(rows):
        for kind, count, ticks in priced if row.core != HOST else ():
            place = k * len(Count) + count
            column, own = int(columns.column_of[place]), terms[kind * n_cores + row.core]
            if columns.factors[place]:
                own[column] = own.get(column, 0) + ticks * columns.factors[place]
    most = max(map(len, terms), default=0)
    places = np.zeros((most, len(terms)), np.int64)
    prices = np.zeros((most, len(ESTIMATES), len(terms)), np.int64)
    for work, own in enumerate(terms):
        for term, (column, ticks) in enumerate(own.items()):
            places[term, work], prices[term, :, work] = column, ticks
    neurons = np.zeros(KINDS * n_cores, np.int64)
    for part in placement.slices:
        neurons[part.core] += part.size
    return Work(
        always=np.outer(clock.ticks["neuron_access"], neurons), places=places, prices=prices
    )


def _priced(clock: Clock) -> Iterator[tuple[int, Count, Ints]]:
    """Yield the kind, the count and the ticks (estimate,) of all that takes time."""
    for kind, priced in enumerate((_SWEEP, _SYNAPSES)):
        for count, names in priced.items():
            ticks = np.sum([clock.ticks[name] for name in names], axis=0)
            if ticks.any():
                yield kind, count, ticks
