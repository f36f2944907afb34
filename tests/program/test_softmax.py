"""The softmax of integers is that of floats to the resolution, and that of plain ints exactly."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from neurodeploy.program import softmax

UNIT = softmax.UNIT
exponents = st.lists(st.integers(0, 40 << 16), min_size=1, max_size=12).map(
    lambda found: np.asarray([0, *found], np.int64)
)


def naive_exp(x: int) -> int:
    """Return exp(-x) with Python's own integers, by the tables."""
    if x >= 32 << 16:
        return 0
    high, low = softmax.exp_tables()
    return (int(high[x >> 10]) * int(low[x & 1023]) + (UNIT >> 1)) >> 30


def naive_log2(value: int) -> int:
    power = value.bit_length() - 31
    rest, found = value >> power, power << 24
    for bit in reversed(range(24)):
        rest = (rest * rest) >> 30
        if rest >= 2 * UNIT:
            rest >>= 1
            found += 1 << bit
    return found


def test_tables_hold_rounded_exponentials() -> None:
    high, low = softmax.exp_tables()
    assert np.abs(high - UNIT * np.exp(-np.arange(2048) / 64)).max() <= 0.5 + 1e-6
    assert np.abs(low - UNIT * np.exp(-np.arange(1024) / 65536)).max() <= 0.5 + 1e-6
    assert high[0] == low[0] == UNIT


@given(exponents)
def test_agrees_with_plain_integers(x: np.ndarray) -> None:
    values = [naive_exp(int(k)) for k in x]
    total = sum(values)
    assert softmax.exp_minus(x).tolist() == values
    assert softmax.confidence(x) == (1 << 60) // total
    mean = sum(e * min(int(k), 32 << 16) for e, k in zip(values, x, strict=True)) // (total >> 8)
    entropy = naive_log2(total) + ((mean * round(np.log2(np.e) * 2**24)) >> 24)
    assert softmax.certainty(x) == UNIT - (entropy << 30) // naive_log2(len(x) * UNIT)


@given(exponents)
def test_agrees_with_floats_to_its_resolution(x: np.ndarray) -> None:
    p = np.exp(-x / 65536)
    p /= p.sum()
    entropy = -np.sum(p * np.log(np.where(p > 0, p, 1)))
    # the worst of the sum is one rounding of 2**-31 a class, and 2**-22 of the quotient
    assert abs(softmax.confidence(x) / UNIT - p.max()) < 1e-7
    assert abs(softmax.certainty(x) / UNIT - (1 - entropy / np.log(len(x)))) < 2e-6


@given(st.integers(UNIT, UNIT << 16))
@settings(max_examples=200)
def test_logarithm_is_rounded_down(value: int) -> None:
    found = int(softmax.log2(np.asarray(value, np.int64)))
    assert found == naive_log2(value)
    assert -1e-5 < np.log2(value / UNIT) - found / 2**24 < 1e-5


def test_many_samples_are_judged_at_once() -> None:
    x = np.random.default_rng(1).integers(0, 5 << 16, (3, 4, 10))
    x[..., 0] = 0
    rows = x.reshape(12, 10)
    assert softmax.confidence(x).ravel().tolist() == [int(softmax.confidence(r)) for r in rows]
    assert softmax.certainty(x).ravel().tolist() == [int(softmax.certainty(r)) for r in rows]


def test_no_evidence_is_no_certainty() -> None:
    assert softmax.confidence(np.zeros(8, np.int64)) == UNIT // 8
    assert softmax.certainty(np.zeros(8, np.int64)) == 0
