"""A binary heap of integers in an array: the pending events, smallest first."""

import numpy as np
from numpy.typing import NDArray

from neurodeploy.machine.compiled import compiled

I64 = NDArray[np.int64]


@compiled
def push(heap: I64, size: int, key: int) -> int:
    """Add `key` to the first `size` entries of `heap`; return the new size."""
    at = size
    while at > 0:
        parent = (at - 1) >> 1
        if heap[parent] <= key:
            break
        heap[at] = heap[parent]
        at = parent
    heap[at] = key
    return size + 1


@compiled
def pop(heap: I64, size: int) -> int:
    """Take ``heap[0]``, the smallest of `size` entries, out of `heap`; return the new size."""
    size -= 1
    key = heap[size]
    at = 0
    while True:
        child = 2 * at + 1
        if child >= size:
            break
        if child + 1 < size and heap[child + 1] < heap[child]:
            child += 1
        if heap[child] >= key:
            break
        heap[at] = heap[child]
        at = child
    heap[at] = key
    return size
