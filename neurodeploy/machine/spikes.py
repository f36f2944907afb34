"""Rasters to lists of what is not 0 in them, row by row; a row is a step of a sample."""

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from neurodeploy.machine.compiled import compiled, inlined
from neurodeploy.machine.lanes import LANES, how_many, put_set, set_bits

Ints = NDArray[np.int64]
Listed: TypeAlias = tuple[Ints, NDArray[np.int32]]
"""``indptr`` (row + 1,), and the neurons of row r at ``indptr[r]:indptr[r + 1]``, ascending."""


def listed(raster: NDArray[np.integer]) -> Listed:
    """Return the neurons that are not 0 in each row of `raster` (row, neuron)."""
    if raster.dtype == np.int8 and raster.flags.c_contiguous:
        n_rows, n_neurons = raster.shape
        return bits_listed(raster.reshape(1, n_rows, n_neurons), 0, n_rows)
    return values_listed(raster)


@compiled
def bits_listed(raster: NDArray[np.integer], first: int, last: int) -> Listed:
    """List the steps ``first:last`` of `raster`, int8 (sample, step, neuron), sample by sample."""
    n_samples, n_steps, n_in = raster.shape
    flat, indptr = raster.ravel(), np.zeros(n_samples * (last - first) + 1, np.int64)
    row = 0
    for b in range(n_samples):
        for k in range(first, last):
            start, found = (b * n_steps + k) * n_in, 0
            for i in range(0, n_in, LANES):
                found += how_many(_bits(flat, start, i, n_in))
            indptr[row + 1] = indptr[row] + found
            row += 1
    neurons = np.empty(indptr[row] + LANES, np.int32)
    at = 0
    for b in range(n_samples):
        for k in range(first, last):
            start = (b * n_steps + k) * n_in
            for i in range(0, n_in, LANES):
                bits = _bits(flat, start, i, n_in)
                if bits != np.uint64(0):
                    put_set(bits, i, neurons, at)
                    at += how_many(bits)
    return indptr, neurons[: indptr[row] + 1]


@inlined
def _bits(flat: NDArray[np.integer], start: int, i: int, n_in: int) -> np.uint64:
    """Return which of the neurons from `i` on are not 0, of a row that begins at `start`."""
    over = i + LANES - n_in
    if over <= 0:
        return set_bits(flat, start + i)
    if n_in >= LANES:  # look back, and shift out what was seen before
        return set_bits(flat, start + i - over) >> np.uint64(over)
    bits = np.uint64(0)
    for j in range(n_in):
        bits |= np.uint64(flat[start + j] != 0) << np.uint64(j)
    return bits


@compiled
def values_listed(raster: NDArray[np.integer]) -> Listed:
    """List the rows of values of any width."""
    n_rows, n_in = raster.shape
    indptr = np.zeros(n_rows + 1, np.int64)
    for row in range(n_rows):
        found = 0
        for i in range(n_in):
            found += raster[row, i] != 0
        indptr[row + 1] = indptr[row] + found
    neurons = np.empty(indptr[n_rows] + 1, np.int32)
    at = 0
    for row in range(n_rows):
        for i in range(n_in):
            neurons[at] = i
            at += raster[row, i] != 0
    return indptr, neurons


@compiled
def tallied(neurons: NDArray[np.int32], n_neurons: int) -> Ints:
    """Return how often each of `n_neurons` stands in `neurons`."""
    found = np.zeros(n_neurons, np.int64)
    for neuron in neurons:
        found[neuron] += 1
    return found
