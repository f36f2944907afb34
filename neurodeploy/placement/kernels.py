"""The hot loop of the search for tiles: try to exchange two cores, keep what lightens the links."""

import numba
import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]


@numba.njit(cache=True, nogil=True)
def _carry(loads: Ints, x: int, y: int, to_x: int, to_y: int, n: int) -> None:
    """Add `n` messages from (x, y) to (to_x, to_y) to `loads` (y, x, direction): x, then y.

    Directions are those of `machine.links`: east, west, north, south.
    """
    while x < to_x:
        loads[y, x, 0] += n
        x += 1
    while x > to_x:
        loads[y, x, 1] += n
        x -= 1
    while y < to_y:
        loads[y, x, 2] += n
        y += 1
    while y > to_y:
        loads[y, x, 3] += n
        y -= 1


@numba.njit(cache=True, nogil=True)
def _touch(loads: Ints, sent: Ints, x: Ints, y: Ints, a: int, b: int, sign: int) -> None:
    """Add (`sign` 1) or take away (-1) all messages to and from cores `a` and `b`.

    `b` is -1 where only one core moves.
    """
    for k in range(len(sent)):
        for core in (a, b):
            if core < 0 or (core == b and k == a):
                continue  # what passes between the two is counted with a
            if sent[core, k] != 0:
                _carry(loads, x[core], y[core], x[k], y[k], sign * sent[core, k])
            if sent[k, core] != 0 and k != core:
                _carry(loads, x[k], y[k], x[core], y[core], sign * sent[k, core])


@numba.njit(cache=True, nogil=True)
def _score(loads: Ints) -> tuple[np.int64, float]:
    """Return the busiest link, and the sum of squares, which breaks ties."""
    busiest, squares = np.int64(0), 0.0
    for load in loads.flat:
        if load > busiest:
            busiest = load
        squares += float(load) * float(load)
    return busiest, squares


@numba.njit(cache=True, nogil=True)
def exchange(
    sent: Ints, slot_x: Ints, slot_y: Ints, core_of: Ints, loads: Ints, pairs: Ints
) -> int:
    """Try to exchange the cores of each pair of slots once; return how many exchanges were kept.

    Parameters
    ----------
    sent : messages (core, core).
    slot_x, slot_y : tile of each slot for a core.
    core_of : core in each slot, -1 for none; changed in place.
    loads : messages over each link (y, x, direction); changed in place.
    pairs : (n, 2) slots.
    """
    x, y = np.zeros(len(sent), np.int64), np.zeros(len(sent), np.int64)
    for slot in range(len(core_of)):
        if core_of[slot] >= 0:
            x[core_of[slot]], y[core_of[slot]] = slot_x[slot], slot_y[slot]
    best = _score(loads)
    n_kept = 0
    for k in range(len(pairs)):
        s, t = pairs[k]
        if core_of[s] < 0:
            s, t = t, s
        a, b = core_of[s], core_of[t]
        if a < 0 or (slot_x[s] == slot_x[t] and slot_y[s] == slot_y[t]):
            continue
        _touch(loads, sent, x, y, a, b, -1)
        x[a], y[a] = slot_x[t], slot_y[t]
        if b >= 0:
            x[b], y[b] = slot_x[s], slot_y[s]
        _touch(loads, sent, x, y, a, b, 1)
        score = _score(loads)
        if score < best:
            best, n_kept = score, n_kept + 1
            core_of[s], core_of[t] = b, a
            continue
        _touch(loads, sent, x, y, a, b, -1)
        x[a], y[a] = slot_x[s], slot_y[s]
        if b >= 0:
            x[b], y[b] = slot_x[t], slot_y[t]
        _touch(loads, sent, x, y, a, b, 1)
    return n_kept
