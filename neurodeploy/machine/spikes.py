"""Rasters to lists of what is not 0 in them, row by row; a row is a step of a sample."""

import numpy as np
from numpy.typing import NDArray

from neurodeploy.machine.compiled import compiled, inlined
from neurodeploy.machine.lanes import LANES, how_many, put_set, set_bits

Ints = NDArray[np.int64]


class Listed:
    """What is not 0 in each row; which neurons those are is listed when it is asked for.

    Parameters
    ----------
    indptr : (row + 1,), how many there are before each row.
    masks : uint64 (row, part), bit i of part p for neuron ``p * LANES + i``; None of wide values.
    """

    __slots__ = ("_neurons", "indptr", "masks")

    def __init__(
        self,
        indptr: Ints,
        masks: NDArray[np.uint64] | None,
        neurons: NDArray[np.int32] | None = None,
    ) -> None:
        self.indptr, self.masks, self._neurons = indptr, masks, neurons

    @property
    def n_spikes(self) -> int:
        """How many there are in all rows."""
        return int(self.indptr[-1])

    @property
    def neurons(self) -> NDArray[np.int32]:
        """Those of row r are at ``indptr[r]:indptr[r + 1]``, ascending; one more, of no meaning."""
        if self._neurons is None:
            assert self.masks is not None
            self._neurons = _numbers(self.indptr, self.masks)
        return self._neurons


def listed(raster: NDArray[np.integer]) -> Listed:
    """Return the neurons that are not 0 in each row of `raster` (row, neuron)."""
    if raster.dtype == np.int8 and raster.flags.c_contiguous:
        n_rows, n_neurons = raster.shape
        return Listed(*_masked(raster.reshape(1, n_rows, n_neurons), 0, n_rows))
    indptr, neurons = values_listed(raster)
    return Listed(indptr, None, neurons)


def bits_listed(
    raster: NDArray[np.integer], first: int, last: int
) -> tuple[Ints, NDArray[np.int32]]:
    """List the steps ``first:last`` of `raster`, int8 (sample, step, neuron), sample by sample."""
    indptr, masks = _masked(raster, first, last)
    return indptr, _numbers(indptr, masks)


@compiled
def _masked(raster: NDArray[np.integer], first: int, last: int) -> tuple[Ints, NDArray[np.uint64]]:
    """Return ``indptr`` and ``masks``; what a row has beyond whole words is looked at last."""
    n_samples, n_steps, n_in = raster.shape
    n_rows, n_parts, n_whole = n_samples * (last - first), -(-n_in // LANES), n_in // LANES
    flat, indptr = raster.ravel(), np.zeros(n_rows + 1, np.int64)
    masks = np.empty(n_rows * n_parts, np.uint64)
    row, word, found = 0, 0, 0
    for b in range(n_samples):
        for k in range(first, last):
            start = (b * n_steps + k) * n_in
            for part in range(n_whole):
                bits = set_bits(flat, start + part * LANES)
                masks[np.uintp(word)] = bits
                word, found = word + 1, found + how_many(bits)
            if n_whole < n_parts:
                bits = _rest(flat, start + n_whole * LANES, n_in - n_whole * LANES)
                masks[np.uintp(word)] = bits
                word, found = word + 1, found + how_many(bits)
            row += 1
            indptr[np.uintp(row)] = found
    return indptr, masks.reshape(n_rows, n_parts)


@inlined
def _rest(flat: NDArray[np.integer], start: int, n: int) -> np.uint64:
    """Return which of fewer than LANES neurons from `start` on are not 0."""
    if start + LANES <= len(flat):  # look ahead, and leave the next row out
        return set_bits(flat, start) & ((np.uint64(1) << np.uint64(n)) - np.uint64(1))
    return _one_by_one(flat, start, n)


@compiled
def _one_by_one(flat: NDArray[np.integer], start: int, n: int) -> np.uint64:
    bits = np.uint64(0)
    for j in range(n):
        bits |= np.uint64(flat[start + j] != 0) << np.uint64(j)
    return bits


@compiled
def _numbers(indptr: Ints, masks: NDArray[np.uint64]) -> NDArray[np.int32]:
    """Return the numbers of the bits that are set, row by row."""
    neurons = np.empty(indptr[-1] + LANES, np.int32)
    at = 0
    for row in range(len(masks)):
        for part in range(masks.shape[1]):
            bits = masks[row, part]
            found = how_many(bits)
            if found > 0:
                put_set(bits, part * LANES, neurons, at, found)
                at += found
    return neurons[: at + 1]


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
    if raster.dtype == np.int8 and (known is None or known.n_spikes * SPARSE > raster.size):
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
