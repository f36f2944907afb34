"""What each spike of each neuron causes, known once the network is placed; and its sum over spikes.

Because the fan-out of every source into every slice is known at compile time, synaptic operations
are sums over spikes, not over synapses.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from neurodeploy.deployment.placement import Placement
from neurodeploy.machine.counts import HOST, Count, Row, rows_of
from neurodeploy.machine.kernels import accumulate
from neurodeploy.program import Conv, Dense, Direct, Operator, Program, Projection, Sparse
from neurodeploy.program.fan_out import fan_out, reaches

_FORMATS = {
    Dense: Count.SYNOPS_DENSE,
    Sparse: Count.SYNOPS_SPARSE,
    Conv: Count.SYNOPS_CONV,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Causes:
    """What a value that is not 0 causes, for neurons ``start:stop`` of the sum of `sources`.

    Parameters
    ----------
    weights : int32 (stop - start, k)
    rows, columns : int64 (k,), where each of the k effects is counted.
    """

    sources: tuple[str, ...]
    start: int
    stop: int
    weights: NDArray[np.int32]
    rows: NDArray[np.int64]
    columns: NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """All causes of one placed program, and the rows its counts have."""

    rows: tuple[Row, ...]
    causes: tuple[Causes, ...]

    def count(self, rasters: Mapping[str, NDArray[np.integer]], n_steps: int) -> NDArray[np.int64]:
        """Return the counts (step, row, count) of one sample.

        Parameters
        ----------
        rasters : integers (step, neuron) of every input and population.
        """
        counts = np.zeros((n_steps, len(self.rows), len(Count)), np.int64)
        for causes in self.causes:
            raster = rasters[causes.sources[0]]
            for source in causes.sources[1:]:
                raster = raster.astype(np.int32) + rasters[source]
            effects = np.zeros((n_steps, causes.weights.shape[1]), np.int64)
            part = raster[:, causes.start : causes.stop]
            accumulate(part, causes.weights, effects)
            for k, (row, column) in enumerate(zip(causes.rows, causes.columns, strict=True)):
                counts[:, row, column] += effects[:, k]
        return counts


def ledger_of(program: Program, placement: Placement) -> Ledger:
    """Return what every spike of `program` causes under `placement`."""
    rows = rows_of(program, placement)
    causes = [_synapses(program, rows, projection) for projection in program.projections]
    reached = {node.name: reached_cores(program, rows, node.name) for node in program.nodes}
    causes += [_messages(rows, placement, k, reached[row.node]) for k, row in enumerate(rows)]
    return Ledger(rows=rows, causes=tuple(c for c in causes if c.weights.shape[1]))


def _synapses(program: Program, rows: tuple[Row, ...], projection: Projection) -> Causes:
    operator = projection.operator
    size = int(np.prod(program.shape_of(projection.sources[0]), dtype=np.int64))
    weights: list[NDArray[np.int64]] = []
    targets: list[int] = []
    columns: list[int] = []
    for k, row in enumerate(rows):
        if row.node != projection.target or isinstance(operator, Direct):
            continue
        effective = fan_out(operator, row.start, row.stop, effective=True)
        weights += [fan_out(operator, row.start, row.stop, effective=False), effective]
        columns += [_FORMATS[type(operator)], Count.SYNOPS_EFFECTIVE]
        if projection.graded:
            weights.append(effective)
            columns.append(Count.MACS)
        targets += [k] * (len(columns) - len(targets))
    return _causes(projection.sources, 0, size, weights, targets, columns)


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
) -> Causes:
    row = rows[k]
    part = slice(row.start, row.stop)
    spikes = np.ones(row.stop - row.start, np.int64)
    weights, targets, columns = [spikes], [k], [int(Count.SPIKES)]
    for core, (first, neurons) in reached.items():
        sent = neurons[part].astype(np.int64)
        east_west, north_south = _hops(placement, row.core, core)
        weights += [sent, sent, sent * east_west, sent * north_south]
        targets += [k, first, k, k]
        columns += [Count.MESSAGES_OUT, Count.MESSAGES_IN, Count.HOPS_EW, Count.HOPS_NS]
    return _causes((row.node,), row.start, row.stop, weights, targets, columns)


def _hops(placement: Placement, source: int, target: int) -> tuple[int, int]:
    """Return the hops along both axes; the host's way onto the chip is not known: none."""
    if source == HOST:
        return 0, 0
    (x0, y0), (x1, y1) = placement.tiles[source], placement.tiles[target]
    return abs(x1 - x0), abs(y1 - y0)


def _causes(
    sources: tuple[str, ...],
    start: int,
    stop: int,
    weights: list[NDArray[np.int64]],
    rows: list[int],
    columns: list[int],
) -> Causes:
    empty = np.zeros((stop - start, 0), np.int32)
    return Causes(
        sources=sources,
        start=start,
        stop=stop,
        weights=np.stack(weights, axis=1).astype(np.int32) if weights else empty,
        rows=np.asarray(rows, np.int64),
        columns=np.asarray(columns, np.int64),
    )
