"""`Columns`: which counts are kept of every step; those that are multiples of one another once.

What a dense layer's messages and synapses are is a multiple of how many of its sources fired, so
few numbers a step say all counts. Sums over steps or samples and maxima are taken of these, and
spread out afterwards.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from neurodeploy.machine.causes import Causes
from neurodeploy.machine.counts import HOST, NEURON_COUNTS, Count, Kept, Row
from neurodeploy.machine.kernels import spread
from neurodeploy.machine.reduced import reduced
from neurodeploy.machine.table import Table
from neurodeploy.storage.arrays import frozen

Ints = NDArray[np.int64]

REGISTER = 8
"""Counts in a register: rows of whole registers have no rest that is added one by one."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Columns:
    """Which column each count of each row is a multiple of, and what it is multiplied by.

    Parameters
    ----------
    n_columns : how many are kept, rounded up to whole registers.
    column_of, factors : (row of the ledger * count,); the factor is 0 where a count is always 0.
    neurons : by population, the columns of its `NEURON_COUNTS`, (3, slice) laid flat.
    narrow : whether no count of a step can leave 32 bits, whichever neurons fire.
    """

    n_columns: int
    column_of: Ints
    factors: Ints
    neurons: Mapping[str, slice]
    narrow: bool

    def room(self, *shape: int) -> Kept:
        """Return counts (*shape, column) of nothing."""
        size = (*shape, self.n_columns)
        return np.zeros(size, np.int32) if self.narrow else np.zeros(size, np.int64)

    def of_neurons(self, kept: Kept) -> dict[str, Kept]:
        """Return the `NEURON_COUNTS` by population, views (..., 3, slice) of `kept`."""
        n = len(NEURON_COUNTS)
        return {
            name: kept[..., own].reshape(*kept.shape[:-1], n, (own.stop - own.start) // n)
            for name, own in self.neurons.items()
        }

    def spread(self, kept: Kept) -> Ints:
        """Return (..., column) as (..., row of the ledger, count)."""
        rows = kept.reshape(-1, self.n_columns)
        whole = spread(rows, self.column_of, self.factors)
        return whole.reshape(*kept.shape[:-1], -1, len(Count))

    def reduced(self, kept: Kept) -> Ints:
        """Return what `machine.reduced.reduced` does, (..., row of the ledger, count)."""
        found = reduced(kept, self.column_of, self.factors)
        return found.reshape(len(found), -1, len(Count))


def columns_of(
    rows: Sequence[Row], tables: Sequence[Table], others: Sequence[Causes], *, narrow: bool
) -> Columns:
    """Return the columns of the counts that these cause, and of what neurons count."""
    places = _neuron_places(rows)
    neurons = [int(place) for own in places.values() for place in own.ravel()]
    alone = set(neurons)
    alone.update(int(target) for causes in others for target in np.unique(causes.targets))
    effects = [
        (int(target), (number, int(column)), int(factor))
        for number, table in enumerate(tables)
        for target, column, factor in table.targets
    ]
    often = Counter(target for target, _, _ in effects)
    alone.update(target for target, n in often.items() if n > 1)
    size = len(rows) * len(Count)
    column_of, factors = np.zeros(size, np.int64), np.zeros(size, np.int64)
    numbers: dict[object, int] = {}
    for target in (*neurons, *sorted(alone)):
        column_of[target], factors[target] = numbers.setdefault(target, len(numbers)), 1
    for target, source, factor in effects:
        if target not in alone:
            column_of[target] = numbers.setdefault(source, len(numbers))
            factors[target] = factor
    return Columns(
        n_columns=-(-len(numbers) // REGISTER) * REGISTER,
        column_of=frozen(column_of, np.int64),
        factors=frozen(factors, np.int64),
        neurons={name: _columns(column_of[own]) for name, own in places.items()},
        narrow=narrow,
    )


def _columns(own: Ints) -> slice:
    """Return the columns that were numbered one after the other."""
    return slice(int(own[0, 0]), int(own[-1, -1]) + 1)


def _neuron_places(rows: Sequence[Row]) -> dict[str, Ints]:
    """Return where `NEURON_COUNTS` are in the counts of a step laid flat, (3, slice) by node."""
    slices: dict[str, list[int]] = {}
    for k, row in enumerate(rows):
        if row.core != HOST:
            slices.setdefault(row.node, []).append(k * len(Count))
    columns = np.asarray(NEURON_COUNTS, np.int64)[:, None]
    return {name: columns + np.asarray(own, np.int64) for name, own in slices.items()}
