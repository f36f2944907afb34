"""Rasters to lists of what is not 0 in them, row by row; a row is a step of a sample."""

import numpy as np
from numpy.typing import NDArray

from neurodeploy.machine.column_counts import column_counts
from neurodeploy.machine.compiled import compiled, inlined
from neurodeploy.machine.lanes import LANES, how_many, put_bits, put_set, set_bits

Ints = NDArray[np.int64]
Masks = NDArray[np.uint64]
Numbers = tuple[Ints, NDArray[np.int32]]
Told = tuple[int, Ints, Numbers]


class Listed:
    """What is not 0 in each row: as masks, and as numbers of neurons once these are asked for.

    Parameters
    ----------
    masks : uint64 (row, part), bit i of part p for neuron ``p * LANES + i``; None of wide values.
    numbers, n_spikes : as the properties, where they are known; numbers are where masks are not.
    often : in how many rows each neuron is not 0, where it is known; neurons of whole words.
    """

    __slots__ = ("_n_spikes", "_numbers", "masks", "often")

    def __init__(
        self,
        masks: Masks | None,
        numbers: Numbers | None = None,
        n_spikes: int | None = None,
        often: Ints | None = None,
    ) -> None:
        self.masks, self.often = masks, often
        self._numbers, self._n_spikes = numbers, n_spikes

    @property
    def n_spikes(self) -> int:
        """How many there are in all rows."""
        if self._n_spikes is None:
            unlisted = self.masks if self._numbers is None else None
            found = self.numbers[0][-1] if unlisted is None else bits_set(unlisted)
            self._n_spikes = int(found)
        return self._n_spikes

    @property
    def numbers(self) -> Numbers:
        """How many there are before each row, and which: ``neurons[indptr[r]:indptr[r + 1]]``.

        Those of a row ascend; behind the last there is one of no meaning.
        """
        if self._numbers is None:
            assert self.masks is not None
            self._numbers = numbered(self.masks, self.n_spikes)
        return self._numbers


def new_masks(n_rows: int, n_neurons: int) -> Masks:
    """Return room for masks (row, part), with anything in it."""
    return np.empty((n_rows, -(-n_neurons // LANES)), np.uint64)


@compiled
def bits_set(masks: Masks) -> int:
    """Return how many bits are set in all rows."""
    found = 0
    for word in masks.ravel():
        found += how_many(word)
    return found


@compiled
def numbered(masks: Masks, n_spikes: int) -> Numbers:
    """Return the numbers of the bits that are set, `n_spikes` in all, row by row."""
    indptr = np.zeros(len(masks) + 1, np.int64)
    neurons, at = np.empty(n_spikes + LANES, np.int32), 0
    for row in range(len(masks)):
        for part in range(masks.shape[1]):
            bits = masks[row, part]
            found = how_many(bits)
            if found > 0:
                put_set(bits, part * LANES, neurons, at, found)
                at += found
        indptr[row + 1] = at
    return indptr, neurons[: at + 1]


@compiled
def told(masks: Masks, listing: bool) -> Told:
    """Return how many bits are set, in how many rows each, and their `numbered` if `listing`."""
    n_spikes = bits_set(masks)
    numbers = numbered(masks, n_spikes) if listing else numbered(masks[:0], 0)
    return n_spikes, column_counts(masks), numbers


@compiled
def write_out(masks: Masks, raster: NDArray[np.integer]) -> None:
    """Set `raster`, int8 (row, neuron), to 1 where a bit of `masks` is set, and elsewhere to 0."""
    n_rows, n_neurons = raster.shape
    flat, n_whole = raster.ravel(), n_neurons // LANES
    for row in range(n_rows):
        for part in range(n_whole):
            put_bits(masks[row, part], flat, row * n_neurons + part * LANES)
        for neuron in range(n_whole * LANES, n_neurons):
            bit = masks[row, n_whole] >> np.uint64(neuron % LANES) & np.uint64(1)
            flat[row * n_neurons + neuron] = bit


def listed(raster: NDArray[np.integer]) -> Listed:
    """Return the neurons that are not 0 in each row of `raster` (row, neuron)."""
    if raster.dtype == np.int8 and raster.flags.c_contiguous:
        n_rows, n_neurons = raster.shape
        return Listed(_masked(raster.reshape(1, n_rows, n_neurons), 0, n_rows))
    return Listed(None, values_listed(raster))


@compiled
def steps_listed(raster: NDArray[np.integer], first: int, last: int) -> Numbers:
    """List the steps ``first:last`` of `raster`, int8 (sample, step, neuron), sample by sample."""
    masks = _masked(raster, first, last)
    return numbered(masks, bits_set(masks))


@compiled
def _masked(raster: NDArray[np.integer], first: int, last: int) -> Masks:
    """Return the masks of the steps ``first:last``; beyond whole words a row is looked at last."""
    n_samples, n_steps, n_in = raster.shape
    n_parts, n_whole = -(-n_in // LANES), n_in // LANES
    flat, masks = raster.ravel(), np.empty((n_samples * (last - first), n_parts), np.uint64)
    row = 0
    for b in range(n_samples):
        for k in range(first, last):
            start = (b * n_steps + k) * n_in
            for part in range(n_whole):
                masks[np.uintp(row), np.uintp(part)] = set_bits(flat, start + part * LANES)
            if n_whole < n_parts:
                bits = rest_bits(flat, start + n_whole * LANES, n_in - n_whole * LANES)
                masks[np.uintp(row), np.uintp(n_whole)] = bits
            row += 1
    return masks


@inlined
def rest_bits(flat: NDArray[np.integer], start: int, n: int) -> np.uint64:
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
def values_listed(raster: NDArray[np.integer]) -> Numbers:
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
"""Neurons for one spike, beyond which a list is counted sooner than its bits."""


def often(known: Listed, n_neurons: int) -> Ints:
    """Return in how many rows of a list each of `n_neurons` is not 0."""
    masks = known.masks
    if known.often is not None:
        return known.often[:n_neurons]
    if masks is None or known.n_spikes * SPARSE < len(masks) * n_neurons:
        return tallied(known.numbers[1][:-1], n_neurons)
    return column_counts(masks)[:n_neurons]
