"""A binary heap of integers in an array: the pending events, smallest first.

``heap[0]`` is how many there are, ``heap[1]`` the smallest. What is taken leaves a hole there that
the next one to be added fills: mostly one event makes another.
"""

import numpy as np
from numpy.typing import NDArray

from neurodeploy.machine.compiled import uncounted

I64 = NDArray[np.int64]

_HOLE = -1


@uncounted
def any_left(heap: I64) -> bool:
    """Return whether anything can be taken; no key is negative."""
    if heap[0] > 0 and heap[1] == _HOLE:
        heap[0] -= 1
        _sink(heap, heap[heap[0] + 1])
    return bool(heap[0] > 0)


@uncounted
def take(heap: I64) -> int:
    """Return the smallest, and take it out."""
    key = int(heap[1])
    heap[1] = _HOLE
    return key


@uncounted
def push(heap: I64, key: int) -> None:
    """Add `key`."""
    if heap[0] > 0 and heap[1] == _HOLE:
        _sink(heap, key)
        return
    heap[0] += 1
    at = heap[0]
    while at > 1 and heap[at >> 1] > key:
        heap[at] = heap[at >> 1]
        at >>= 1
    heap[at] = key


@uncounted
def _sink(heap: I64, key: int) -> None:
    """Put `key` into the hole, or where it belongs below."""
    size, at = heap[0], 1
    while True:
        child = 2 * at
        if child > size:
            break
        if child < size and heap[child + 1] < heap[child]:
            child += 1
        if heap[child] >= key:
            break
        heap[at] = heap[child]
        at = child
    heap[at] = key
