"""What each spike of each neuron causes, known once the network is placed; and its sum over spikes.

Because the fan-out of every source into every slice is known at compile time, synaptic operations
are sums over spikes, not over synapses.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from neurodeploy.deployment.placement import Placement
from neurodeploy.machine.causes import Causes, Effect, Lists, causes_of, count, list_of
from neurodeploy.machine.columns import Columns, columns_of
from neurodeploy.machine.counts import HOST, Count, Kept, Row, rows_of
from neurodeploy.machine.kernels import repeat
from neurodeploy.machine.table import Table, tabled
from neurodeploy.program import Conv, Dense, Direct, Operator, Program, Projection, Sparse
from neurodeploy.program.fan_out import fan_out, reaches

Rasters: TypeAlias = Mapping[str, NDArray[np.integer]]

WIDE = 1 << 31
"""The least count of a step that 32 bits do not hold."""

_FORMATS = {
    Dense: Count.SYNOPS_DENSE,
    Sparse: Count.SYNOPS_SPARSE,
    Conv: Count.SYNOPS_CONV,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """All causes of one placed program, and the rows its counts have."""

    rows: tuple[Row, ...]
    causes: tuple[Causes, ...]
    columns: Columns
    tables: tuple[Table, ...]
    """Of the causes of most sources, onto the columns."""
    others: tuple[Causes, ...]
    """Causes that have no table, likewise."""

    def count(self, rasters: Rasters, n_rows: int) -> NDArray[np.int64]:
        """Return the counts (row, row of the ledger, count).

        Parameters
        ----------
        rasters : integers (row, neuron) of every input and population; a row is a step, of one
            sample or of several one after another.
        """
        return self.columns.spread(self.kept(rasters, {}, n_rows, {}))

    def kept(self, rasters: Rasters, neuron_counts: Rasters, n_rows: int, lists: Lists) -> Kept:
        """Return what is kept of the counts, (row, column).

        Parameters
        ----------
        neuron_counts : (row, count, slice) by population, the counts as in `NEURON_COUNTS`.
        lists : as `machine.causes.count` takes them.
        """
        counts = self.columns.room(n_rows)
        of_neurons = self.columns.of_neurons(counts)
        for name, found in neuron_counts.items():
            of_neurons[name][:] = found
        self.add(rasters, lists, counts)
        return counts

    def add(self, rasters: Rasters, lists: Lists, counts: Kept) -> None:
        """Add to `counts` (row, column) what spikes cause."""
        count(self.others, rasters, lists, counts)
        for table in self.tables:
            table.add(list_of(table.sources, rasters, lists), counts)


def ledger_of(program: Program, placement: Placement) -> Ledger:
    """Return what every spike of `program` causes under `placement`."""
    rows = rows_of(program, placement)
    causes = [c for projection in program.projections for c in _synapses(program, rows, projection)]
    reached = {node.name: reached_cores(program, rows, node.name) for node in program.nodes}
    silent = _silent(program)
    causes += [
        _messages(rows, placement, k, reached[row.node], fires=row.node not in silent)
        for k, row in enumerate(rows)
    ]
    found = tuple(c for c in causes if len(c.targets))
    tables, others = tabled(found)
    columns = columns_of(rows, tables, others, narrow=_most(found, len(rows)) < WIDE)
    return Ledger(
        rows=rows,
        causes=found,
        columns=columns,
        tables=tuple(table.onto(columns.column_of, columns.factors) for table in tables),
        others=tuple(replace(c, targets=columns.column_of[c.targets]) for c in others),
    )


def _most(causes: tuple[Causes, ...], n_rows: int) -> int:
    """Return the largest count of a step in which every neuron fires."""
    most = np.zeros(n_rows * len(Count), np.int64)
    for each in causes:
        once = np.ones(each.stop - each.start, np.int64)
        repeat(once, each.class_of, each.first, each.targets, each.weights, most)
    return int(most.max(initial=0))


def _synapses(
    program: Program, rows: tuple[Row, ...], projection: Projection
) -> tuple[Causes, ...]:
    """Return what the stored and what the effective synapses do: patterns of their own each."""
    operator, sources = projection.operator, projection.sources
    if isinstance(operator, Direct):
        return ()
    size = int(np.prod(program.shape_of(sources[0]), dtype=np.int64))
    own = [k for k, row in enumerate(rows) if row.node == projection.target]
    stored = (
        Effect(k, _FORMATS[type(operator)], _fan_out(operator, rows[k], effective=False))
        for k in own
    )
    columns = (Count.SYNOPS_EFFECTIVE, *((Count.MACS,) if projection.graded else ()))
    effective = (
        Effect(k, column, weights)
        for k in own
        for weights in (_fan_out(operator, rows[k], effective=True),)
        for column in columns
    )
    return causes_of(sources, 0, size, stored), causes_of(sources, 0, size, effective)


def _fan_out(operator: Dense | Sparse | Conv, row: Row, *, effective: bool) -> NDArray[np.int64]:
    return fan_out(operator, row.start, row.stop, effective=effective)


def reached_cores(
    program: Program, rows: tuple[Row, ...], name: str
) -> dict[int, tuple[int, NDArray[np.bool_]]]:
    """Return, by core, its first row that `name` reaches and which neurons reach the core."""
    found: dict[int, tuple[int, NDArray[np.bool_]]] = {}
    for projection in program.projections_from(name):
        for k, row in enumerate(rows):
            if row.node != projection.target:
                continue
            reaches = _reaches(projection.operator, row)
            first, before = found.get(row.core, (k, np.zeros_like(reaches)))
            found[row.core] = (first, before | reaches)
    return found


def _reaches(operator: Operator, row: Row) -> NDArray[np.bool_]:
    """Return which sources have a synapse into `row`; without weights, each has its own neuron."""
    found = reaches(operator, row.start, row.stop)
    return np.pad(found, (0, row.size - row.stop)) if isinstance(operator, Direct) else found


def _messages(
    rows: tuple[Row, ...],
    placement: Placement,
    k: int,
    reached: Mapping[int, tuple[int, NDArray[np.bool_]]],
    *,
    fires: bool,
) -> Causes:
    row = rows[k]
    out, along_x, along_y = np.zeros((3, row.stop - row.start), np.int64)
    arriving = []
    for core, (first, neurons) in reached.items():
        sent = neurons[row.start : row.stop].astype(np.int64)
        east_west, north_south = _hops(placement, row.core, core)
        out, along_x, along_y = out + sent, along_x + sent * east_west, along_y + sent * north_south
        arriving.append(Effect(first, Count.MESSAGES_IN, sent))
    spikes = np.full(row.stop - row.start, fires, np.int64)
    own = (
        Effect(k, Count.SPIKES, spikes),
        Effect(k, Count.MESSAGES_OUT, out),
        Effect(k, Count.HOPS_EW, along_x),
        Effect(k, Count.HOPS_NS, along_y),
    )
    return causes_of((row.node,), row.start, row.stop, (*own, *arriving))


def _silent(program: Program) -> frozenset[str]:
    """Return the populations whose voltage is read and sent nowhere: it is no spike."""
    read = (p.name for p in program.populations if not p.spiking)
    return frozenset(name for name in read if not program.projections_from(name))


def _hops(placement: Placement, source: int, target: int) -> tuple[int, int]:
    """Return the hops along both axes; the host's way onto the chip is not known: none."""
    if source == HOST:
        return 0, 0
    (x0, y0), (x1, y1) = placement.tiles[source], placement.tiles[target]
    return abs(x1 - x0), abs(y1 - y0)
