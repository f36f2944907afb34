"""How often each bit is set in the rows of masks, 64 neurons at a time.

The counts of 64 neurons are held as their binary digits, a word a digit, to which words of masks
are added as by a chain of adders.
"""

import numpy as np
from numpy.typing import NDArray

from neurodeploy.machine.compiled import compiled, inlined
from neurodeploy.machine.lanes import LANES

Ints = NDArray[np.int64]
Bits = NDArray[np.uint64]

AT_ONCE, MOST = 4, 252
"""Rows that are added at once, and before eight digits could run over."""


@compiled
def column_counts(masks: Bits) -> Ints:
    """Return in how many rows of `masks` (row, part) each bit is set, (part * LANES,)."""
    n_rows, n_parts = masks.shape
    found = np.zeros(n_parts * LANES, np.int64)
    for first in range(0, n_rows, MOST):  # few enough to stay in the nearest cache
        last = min(first + MOST, n_rows)
        for part in range(n_parts):
            _count(masks, part, first, last, found[part * LANES : (part + 1) * LANES])
    return found


@compiled
def _count(masks: Bits, part: int, first: int, last: int, found: Ints) -> None:
    one = two = four = eight = sixteen = half = many = most = np.uint64(0)
    for row in range(first, last, AT_ONCE):
        a, b = _word(masks, part, row, last), _word(masks, part, row + 1, last)
        c, d = _word(masks, part, row + 2, last), _word(masks, part, row + 3, last)
        one, a = _added(one, a, b)
        one, b = _added(one, c, d)
        two, carried = _added(two, a, b)
        four, carried = four ^ carried, four & carried
        eight, carried = eight ^ carried, eight & carried
        sixteen, carried = sixteen ^ carried, sixteen & carried
        half, carried = half ^ carried, half & carried
        many, carried = many ^ carried, many & carried
        most ^= carried
    digits = (one, two, four, eight, sixteen, half, many, most)
    for i in range(LANES):
        for k in range(len(digits)):
            found[i] += np.int64(digits[k] >> np.uint64(i) & np.uint64(1)) << k


@inlined
def _word(masks: Bits, part: int, row: int, last: int) -> np.uint64:
    return masks[np.uintp(row), np.uintp(part)] if row < last else np.uint64(0)


@inlined
def _added(a: np.uint64, b: np.uint64, c: np.uint64) -> tuple[np.uint64, np.uint64]:
    """Return the low and the high digit of the sum of three digits."""
    return a ^ b ^ c, (a & b) | (c & (a ^ b))
