"""Spikes to lists of events."""

from typing import TypeAlias

import numpy as np

from neurodeploy.machine.compiled import compiled
from neurodeploy.machine.spikes import steps_listed
from neurodeploy_cpu_emu.kernels.arrays import I32, I64, Raster

Events: TypeAlias = tuple[I64, I32, I32]
"""``indptr`` by row, and by event its source and its payload; the rows of a sample in a row."""

ONE = np.ones(1, np.int32)
"""The payloads of events that have none."""


def events(raster: Raster, first: int, last: int, graded: bool) -> Events:
    """List what is not 0 in the steps ``first:last`` of `raster` (sample, step, neuron).

    A payload is 1 unless `graded`; then there is one for every event.
    """
    if graded or raster.dtype != np.int8:
        return _values(raster, first, last, graded)
    return (*steps_listed(raster, first, last), ONE)


@compiled
def _values(raster: Raster, first: int, last: int, graded: bool) -> Events:
    n_samples, _, n_in = raster.shape
    indptr = np.zeros(n_samples * (last - first) + 1, np.int64)
    row = 0
    for b in range(n_samples):
        for k in range(first, last):
            indptr[row + 1] = indptr[row] + _count(raster[b, k])
            row += 1
    sources = np.empty(indptr[row] + 1, np.int32)
    payloads = np.ones(indptr[row] + 1 if graded else 1, np.int32)
    at = 0
    for b in range(n_samples):
        for k in range(first, last):
            values = raster[b, k]
            begin = at
            for i in range(n_in):  # branch-free: a silent neuron's entry is overwritten
                sources[at] = i
                at += values[i] != 0
            if graded:
                for e in range(begin, at):
                    payloads[e] = values[sources[e]]
    return indptr, sources, payloads


@compiled
def _count(row: Raster) -> int:
    found = 0
    for i in range(row.shape[0]):
        found += row[i] != 0
    return found
