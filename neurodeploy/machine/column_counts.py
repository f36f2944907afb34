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
    for first in range(0, n_rows, MOST):
        last = min(first + MOST, n_rows)
        for part in range(n_parts):
            _count(masks, part, first, last, found[part * LANES : (part + 1) * LANES])
    return found


@compiled
def _count(masks: Bits, part: int, first: int, last: int, found: Ints) -> None:
    """Add to `found` (LANES,) how often the bits of a part are set; x4 holds the digits of 4."""
    x1 = x2 = x4 = x8 = x16 = x32 = x64 = x128 = np.uint64(0)
    for row in range(first, last, AT_ONCE):
        a, b = _word(masks, part, row, last), _word(masks, part, row + 1, last)
        c, d = _word(masks, part, row + 2, last), _word(masks, part, row + 3, last)
        x1, a = _added(x1, a, b)
        x1, b = _added(x1, c, d)
        x2, carried = _added(x2, a, b)
        x4, carried = x4 ^ carried, x4 & carried
        x8, carried = x8 ^ carried, x8 & carried
        x16, carried = x16 ^ carried, x16 & carried
        x32, carried = x32 ^ carried, x32 & carried
        x64, carried = x64 ^ carried, x64 & carried
        x128 ^= carried
    digits = (x1, x2, x4, x8, x16, x32, x64, x128)
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
