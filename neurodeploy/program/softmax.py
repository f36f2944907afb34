"""Softmax, its largest value and its entropy in pure integers, the same on every machine.

Floats will not do: libraries differ in the last bit of an exponential, and calibrated thresholds
sit on values that were observed. An exponential is a product of two table entries; the tables come
from correctly rounded decimals, every product and quotient is rounded as the code says.
"""

from decimal import ROUND_HALF_EVEN, Context, Decimal
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from neurodeploy.storage.arrays import frozen

Ints = NDArray[np.int64]

UNIT_BITS = 30
"""Confidence, certainty and exponentials are integers of ``2**-30``."""
EXPONENT_BITS = 16
"""Exponents are integers of ``2**-16``."""
LOW_BITS = 10
"""An exponent is split in front of so many bits, one table a part."""
LOG_BITS = 24
"""Binary logarithms are integers of ``2**-24``."""
MOST = 32
"""From this exponent on ``exp(-x)`` is 0: it is below half a unit from 21.5 on."""

UNIT = 1 << UNIT_BITS
_LOG2_E = 24204406
"""``log2(e)`` in units of ``2**-24``, rounded."""


@lru_cache(maxsize=1)
def exp_tables() -> tuple[Ints, Ints]:
    """Return ``exp(-x)`` of the high and of the low part of an exponent, in units of 2**-30."""
    n_low = 1 << LOW_BITS
    n_high = MOST << (EXPONENT_BITS - LOW_BITS)
    return _table(n_high, EXPONENT_BITS - LOW_BITS), _table(n_low, EXPONENT_BITS)


def _table(n_entries: int, bits: int) -> Ints:
    context = Context(prec=40, rounding=ROUND_HALF_EVEN)
    exponents = (context.divide(Decimal(-k), Decimal(1 << bits)) for k in range(n_entries))
    units = (context.multiply(context.exp(x), UNIT) for x in exponents)
    return frozen([int(value.to_integral_value(ROUND_HALF_EVEN)) for value in units], np.int64)


def exp_minus(exponents: Ints) -> Ints:
    """Return ``exp(-x)`` in units of 2**-30, rounded half up; x at least 0, units of 2**-16."""
    high, low = exp_tables()
    inside = np.minimum(exponents, (MOST << EXPONENT_BITS) - 1)
    product = high[inside >> LOW_BITS] * low[inside & ((1 << LOW_BITS) - 1)]
    values: Ints = (product + (UNIT >> 1)) >> UNIT_BITS
    return np.where(exponents >= MOST << EXPONENT_BITS, 0, values)


def confidence(exponents: Ints) -> Ints:
    """Return the largest softmax, rounded down, in units of 2**-30.

    Parameters
    ----------
    exponents : (..., class), how far each score lies below the largest, in units of 2**-16.
    """
    total = exp_minus(exponents).sum(axis=-1)
    return (1 << (2 * UNIT_BITS)) // total


def certainty(exponents: Ints) -> Ints:
    """Return ``1 - H / log(K)`` of the softmax in units of 2**-30; H its entropy, K the classes.

    With e = exp(-x) and Z its sum, ``H = log(Z) + sum(e x) / Z``. Source of the score: Li et al.,
    "SEENN", NeurIPS 2023, after DT-SNN (arXiv:2305.17346).
    """
    values = exp_minus(exponents)
    total = values.sum(axis=-1)
    inside = np.minimum(exponents, MOST << EXPONENT_BITS)
    mean = (values * inside).sum(axis=-1) // (total >> (LOG_BITS - EXPONENT_BITS))
    entropy = log2(total) + ((mean * _LOG2_E) >> LOG_BITS)
    most = log2(np.asarray(exponents.shape[-1] * UNIT, np.int64))
    return UNIT - (entropy << UNIT_BITS) // most


def log2(values: Ints) -> Ints:
    """Return the binary logarithm, rounded down, in units of 2**-24, bit by bit.

    Parameters
    ----------
    values : at least 1, in units of 2**-30.
    """
    power = np.zeros_like(values)
    for bit in (16, 8, 4, 2, 1):
        power += bit * ((values >> power) >= UNIT << bit)
    rest = values >> power
    found = power << LOG_BITS
    for bit in range(LOG_BITS - 1, -1, -1):
        rest = (rest * rest) >> UNIT_BITS
        above = rest >= 2 * UNIT
        found += np.where(above, 1 << bit, 0)
        rest = np.where(above, rest >> 1, rest)
    return found
