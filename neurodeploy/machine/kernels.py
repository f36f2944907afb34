"""The hot loops of the accounting: neurons that cause the same, and what their spikes cause."""

import numba
import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]


@numba.njit(cache=True, nogil=True)
def accumulate(
    raster: NDArray[np.integer],
    class_of: NDArray[np.int32],
    first: Ints,
    targets: Ints,
    weights: Ints,
    counts: Ints,
) -> None:
    """Add to `counts` (step, target) what every value of `raster` not 0 causes.

    Parameters
    ----------
    raster : integers (step, neuron)
    class_of : (neuron,); neurons of class c add ``weights[first[c]:first[c + 1]]`` to the
        `targets` of the same places.
    """
    n_steps, n_neurons = raster.shape
    seen = np.zeros(len(first) - 1, np.int64)
    for step in range(n_steps):
        seen[:] = 0
        for neuron in range(n_neurons):
            if raster[step, neuron] != 0:
                seen[class_of[neuron]] += 1
        for c in range(len(seen)):
            if seen[c] != 0:
                for k in range(first[c], first[c + 1]):
                    counts[step, targets[k]] += seen[c] * weights[k]


@numba.njit(cache=True, nogil=True)
def distinct_rows(rows: NDArray[np.int32]) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Return the class of each row of `rows` (n, k), and the first row of each class.

    Equal rows, and no others, share a class; classes are numbered as they appear. The rows stand in
    an open hash table and are compared in full, so two of one hash are told apart.
    """
    n_rows = len(rows)
    n_slots = 16
    while n_slots < 2 * n_rows:
        n_slots *= 2
    slots = np.full(n_slots, -1, np.int32)
    class_of = np.zeros(n_rows, np.int32)
    firsts = np.zeros(n_rows, np.int32)
    n_classes = 0
    for i in range(n_rows):
        slot = _hash(rows[i]) % n_slots
        while slots[slot] >= 0 and not _equal(rows[i], rows[firsts[slots[slot]]]):
            slot = (slot + 1) % n_slots
        if slots[slot] < 0:
            slots[slot] = n_classes
            firsts[n_classes] = i
            n_classes += 1
        class_of[i] = slots[slot]
    return class_of, firsts[:n_classes].copy()


@numba.njit(cache=True, nogil=True)
def _hash(row: NDArray[np.int32]) -> int:
    """Return 31 bits of `row` (Fowler, Noll and Vo's multiply and xor, then folded)."""
    found = np.uint64(14695981039346656037)
    for value in row:
        found = (found ^ np.uint64(value)) * np.uint64(1099511628211)
    return int((found ^ (found >> np.uint64(33))) & np.uint64(0x7FFFFFFF))


@numba.njit(cache=True, nogil=True)
def _equal(a: NDArray[np.int32], b: NDArray[np.int32]) -> bool:
    for k in range(len(a)):  # noqa: SIM110  # numba compiles no any() over a generator
        if a[k] != b[k]:
            return False
    return True
