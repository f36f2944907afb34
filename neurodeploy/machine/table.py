"""`Table`: all that the neurons of one raster cause, as one row of small integers a class.

A spike then costs a load and an add of a register or two, whatever it causes. Effects that are
multiples of one another, as are the messages and the synapses of a dense layer, are added up once.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from neurodeploy.machine.causes import Causes
from neurodeploy.machine.compiled import compiled
from neurodeploy.machine.counts import Kept
from neurodeploy.machine.kernels import distinct_rows
from neurodeploy.machine.lanes import sum_classes
from neurodeploy.machine.planes import Planes, planes_of
from neurodeploy.machine.spikes import Listed
from neurodeploy.storage.arrays import frozen

Ints = NDArray[np.int64]

WIDTHS = (16, 32, 64)
"""Columns of a table, the rest of which are 0."""

MOST_ENTRIES = 1 << 23
"""Neurons times targets that are spread out to be compared: tens of megabytes, for a moment."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Table:
    """What every value that is not 0 causes, for all neurons of the sum of `sources`.

    Parameters
    ----------
    class_of : int32 (neuron,)
    effects : int32 (class, width)
    targets : int64 (target, 3): what is added to, a column of `effects`, and times how much.
    planes : the same, for steps in which many neurons fire; None before `onto`.
    """

    sources: tuple[str, ...]
    class_of: NDArray[np.int32]
    effects: NDArray[np.int32]
    targets: Ints
    planes: Planes | None = None

    def onto(self, column_of: Ints, factors: Ints) -> "Table":
        """Return the table that adds to columns of which each target is a multiple."""
        targets, own, times = self.targets.T
        places = np.unique(np.stack([column_of[targets], own, times // factors[targets]]), axis=1)
        column, own, times = places
        return replace(
            self,
            targets=frozen(places.T, np.int64),
            planes=planes_of(self.effects[self.class_of], own, column, times),
        )

    def add(self, listed: Listed, counts: Kept) -> None:
        """Add to `counts` (row, target) what the listed neurons cause."""
        planes, masks = self.planes, listed.masks
        if planes and masks is not None and planes.sooner(len(masks), listed.n_spikes):
            planes.add(masks, counts)
        else:
            _add(*listed.numbers, self.class_of, self.effects, self.targets, counts)


def tabled(causes: Sequence[Causes]) -> tuple[tuple[Table, ...], tuple[Causes, ...]]:
    """Return the tables of all sources that have few enough targets, and the other causes."""
    tables: list[Table] = []
    others: list[Causes] = []
    for sources in dict.fromkeys(each.sources for each in causes):
        own = [each for each in causes if each.sources == sources]
        table = _table(sources, own)
        if table is None:
            others += own
        else:
            tables.append(table)
    return tuple(tables), tuple(others)


def _table(sources: tuple[str, ...], causes: Sequence[Causes]) -> Table | None:
    """Return the table, or None where it would be too large, or its sums leave 32 bits."""
    targets = np.unique(np.concatenate([each.targets for each in causes]))
    size = max(each.stop for each in causes)
    if size * len(targets) > MOST_ENTRIES:
        return None
    effects = np.zeros((size, len(targets)), np.int64)
    for each in causes:
        _spread(each, np.searchsorted(targets, each.targets), effects)
    factors = np.maximum(np.gcd.reduce(effects, axis=0), 1)
    different, columns = np.unique(effects // factors, axis=1, return_inverse=True)
    width = next((w for w in WIDTHS if w >= different.shape[1]), None)
    if width is None or int(np.abs(different).max(initial=0)) * size >= 1 << 31:
        return None
    rows = np.pad(different, ((0, 0), (0, width - different.shape[1])))
    class_of, firsts = distinct_rows(rows.astype(np.int32))
    return Table(
        sources=sources,
        class_of=frozen(class_of, np.int32),
        effects=frozen(rows[firsts], np.int32),
        targets=frozen(np.stack([targets, columns.ravel(), factors], axis=1), np.int64),
    )


def _spread(causes: Causes, columns: Ints, effects: Ints) -> None:
    """Add the effects of every neuron, class by class, to its own row."""
    of_class = np.zeros((len(causes.first) - 1, effects.shape[1]), np.int64)
    classes = np.repeat(np.arange(len(of_class)), np.diff(causes.first))
    np.add.at(of_class, (classes, columns), causes.weights)
    effects[causes.start : causes.stop] += of_class[causes.class_of]


@compiled
def _add(
    indptr: Ints,
    neurons: NDArray[np.int32],
    class_of: NDArray[np.int32],
    effects: NDArray[np.int32],
    targets: Ints,
    counts: Kept,
) -> None:
    width = effects.shape[1]
    total = np.zeros(width, np.int32)
    for row in range(len(indptr) - 1):
        low, high = indptr[row], indptr[row + 1]
        if low == high:
            continue
        if width == 16:
            sum_classes(effects, class_of, neurons, low, high, 16, total)
        elif width == 32:
            sum_classes(effects, class_of, neurons, low, high, 32, total)
        else:
            sum_classes(effects, class_of, neurons, low, high, 64, total)
        for k in range(np.uintp(len(targets))):
            added = total[np.uintp(targets[k, 1])] * targets[k, 2]
            counts[np.uintp(row), np.uintp(targets[k, 0])] += added
