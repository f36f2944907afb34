"""The hot loops of the accounting: neurons that cause the same, and what their spikes cause."""

import numpy as np
from numpy.typing import NDArray

from neurodeploy.machine.compiled import compiled
from neurodeploy.machine.counts import Kept

Ints = NDArray[np.int64]


FEW = 16
"""Classes whose neurons are counted first; with more, what each neuron causes is added at once."""


@compiled
def accumulate(
    indptr: Ints,
    neurons: NDArray[np.int32],
    start: int,
    stop: int,
    class_of: NDArray[np.int32],
    first: Ints,
    targets: Ints,
    weights: Ints,
    counts: Kept,
) -> None:
    """Add to `counts` (row, target) what the neurons ``start:stop`` cause that are not 0.

    Parameters
    ----------
    indptr, neurons : those that are not 0 in each row, as `machine.spikes.listed` makes them.
    class_of : (stop - start,); neurons of class c add ``weights[first[c]:first[c + 1]]`` to the
        `targets` of the same places.
    """
    n_classes = len(first) - 1
    seen = np.zeros(n_classes, np.int64)
    for row in range(len(indptr) - 1):
        found = neurons[indptr[row] : indptr[row + 1]]
        if n_classes > FEW:
            _add_each(found, start, stop, class_of, first, targets, weights, counts[row])
            continue
        seen[:] = 0
        if n_classes == 1:
            seen[0] = _within(found, start, stop)
        else:
            for neuron in found:
                if start <= neuron < stop:
                    seen[class_of[neuron - start]] += 1
        for c in range(n_classes):
            if seen[c] != 0:
                for k in range(first[c], first[c + 1]):
                    counts[row, targets[k]] += seen[c] * weights[k]


@compiled
def repeat(
    times: Ints,
    class_of: NDArray[np.int32],
    first: Ints,
    targets: Ints,
    weights: Ints,
    found: Ints,
) -> None:
    """Add to `found` (target,) what each neuron causes as often as `times` (neuron,) says."""
    for neuron in range(len(times)):
        if times[neuron] != 0:
            c = class_of[neuron]
            for k in range(first[c], first[c + 1]):
                found[targets[k]] += times[neuron] * weights[k]


@compiled
def spread(kept: Kept, column_of: Ints, factors: Ints) -> Ints:
    """Return the columns (row, target) of which `kept` (row, column) has what they multiply."""
    whole = np.empty((len(kept), len(column_of)), np.int64)
    for row in range(len(kept)):
        for k in range(len(column_of)):
            whole[row, k] = kept[row, column_of[k]] * factors[k]
    return whole


@compiled
def _within(found: NDArray[np.int32], start: int, stop: int) -> int:
    inside = np.int32(0)
    low, high = np.int32(start), np.int32(stop)
    for neuron in found:
        inside = np.int32(inside + np.int32((neuron >= low) & (neuron < high)))
    return int(inside)


@compiled
def _add_each(
    found: NDArray[np.int32],
    start: int,
    stop: int,
    class_of: NDArray[np.int32],
    first: Ints,
    targets: Ints,
    weights: Ints,
    counts: Kept,
) -> None:
    for neuron in found:
        if start <= neuron < stop:
            c = class_of[neuron - start]
            for k in range(first[c], first[c + 1]):
                counts[targets[k]] += weights[k]


@compiled
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


@compiled
def _hash(row: NDArray[np.int32]) -> int:
    """Return 31 bits of `row` (Fowler, Noll and Vo's multiply and xor, then folded)."""
    found = np.uint64(14695981039346656037)
    for value in row:
        found = (found ^ np.uint64(value)) * np.uint64(1099511628211)
    return int((found ^ (found >> np.uint64(33))) & np.uint64(0x7FFFFFFF))


@compiled
def _equal(a: NDArray[np.int32], b: NDArray[np.int32]) -> bool:
    for k in range(len(a)):  # noqa: SIM110  # numba compiles no any() over a generator
        if a[k] != b[k]:
            return False
    return True
