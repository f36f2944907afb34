"""Rasters to lists of what is not 0 in them, row by row; a row is a step of a sample."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from neurodeploy.machine.compiled import compiled, inlined
from neurodeploy.machine.lanes import LANES, how_many, put_set, set_bits

Ints = NDArray[np.int64]


class Listed(NamedTuple):
    """What is not 0 in each row.

    Parameters
    ----------
    indptr, neurons : those of row r are at ``indptr[r]:indptr[r + 1]``, ascending; one more follows
        the last, of no meaning.
    masks : uint64 (row, part), bit i of part p for neuron ``p * LANES + i``; not of wide values.
    """

    indptr: Ints
    neurons: NDArray[np.int32]
    masks: NDArray[np.uint64] | None = None


def listed(raster: NDArray[np.integer]) -> Listed:
    """Return the neurons that are not 0 in each row of `raster` (row, neuron)."""
    if raster.dtype == np.int8 and raster.flags.c_contiguous:
        n_rows, n_neurons = raster.shape
        return Listed(*bits_listed(raster.reshape(1, n_rows, n_neurons), 0, n_rows))
    return Listed(*values_listed(raster))


@compiled
def bits_listed(
    raster: NDArray[np.integer], first: int, last: int
) -> tuple[Ints, NDArray[np.int32], NDArray[np.uint64]]:
    """List the steps ``first:last`` of `raster`, int8 (sample, step, neuron), sample by sample."""
    n_samples, n_steps, n_in = raster.shape
    n_rows, n_parts = n_samples * (last - first), (n_in + LANES - 1) // LANES
    flat, indptr = raster.ravel(), np.zeros(n_rows + 1, np.int64)
    masks = np.empty((n_rows, n_parts), np.uint64)
    for row in range(n_rows):
        b, k = divmod(row, last - first)
        start, found = (b * n_steps + first + k) * n_in, 0
        for part in range(n_parts):
            bits = _bits(flat, start, part * LANES, n_in)
            masks[row, part] = bits
            found += how_many(bits)
        indptr[row + 1] = indptr[row] + found
    neurons = np.empty(indptr[n_rows] + LANES, np.int32)
    at = 0
    for row in range(n_rows):
        for part in range(n_parts):
            bits = masks[row, part]
            found = how_many(bits)
            if found > 0:
                put_set(bits, part * LANES, neurons, at, found)
                at += found
    return indptr, neurons[: indptr[n_rows] + 1], masks


@inlined
def _bits(flat: NDArray[np.integer], start: int, i: int, n_in: int) -> np.uint64:
    """Return which of the neurons from `i` on are not 0, of a row that begins at `start`."""
    over = i + LANES - n_in
    if over <= 0:
        return set_bits(flat, start + i)
    if n_in >= LANES:  # look back, and shift out what was seen before
        return set_bits(flat, start + i - over) >> np.uint64(over)
    if start + LANES <= len(flat):  # look ahead, and shift out the next row
        return (set_bits(flat, start) << np.uint64(over)) >> np.uint64(over)
    bits = np.uint64(0)
    for j in range(n_in):
        bits |= np.uint64(flat[start + j] != 0) << np.uint64(j)
    return bits


@compiled
def values_listed(raster: NDArray[np.integer]) -> tuple[Ints, NDArray[np.int32]]:
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


SPARSE = 50
"""Neurons for one spike, beyond which a list is counted sooner than its raster."""


def often(raster: NDArray[np.integer], known: Listed | None) -> Ints:
    """Return in how many rows of `raster` (row, neuron) each neuron is not 0.

    Parameters
    ----------
    known : its list, if it was made.
    """
    if raster.dtype == np.int8 and (known is None or len(known.neurons) * SPARSE > raster.size):
        return _column_counts(raster)
    neurons = (listed(raster) if known is None else known).neurons
    return tallied(neurons[:-1], raster.shape[1])


@compiled
def _column_counts(raster: NDArray[np.integer]) -> Ints:
    """Count the neurons column by column, in bytes that are emptied before they run over."""
    n_rows, n_neurons = raster.shape
    found, some = np.zeros(n_neurons, np.int64), np.zeros(n_neurons, np.uint8)
    for row in range(n_rows):
        values = raster[row]
        for i in range(n_neurons):
            some[i] += np.uint8(values[i] != 0)
        if row % 255 == 254 or row == n_rows - 1:
            for i in range(n_neurons):
                found[i] += some[i]
                some[i] = 0
    return found
