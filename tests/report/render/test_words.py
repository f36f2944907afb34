"""Figures are rounded to three digits, never past a prefix, and unknown is never 0."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from neurodeploy.report.render.words import count, percent, si

FACTORS = {"G": 1e9, "M": 1e6, "k": 1e3, "": 1, "m": 1e-3, "µ": 1e-6, "n": 1e-9, "p": 1e-12}


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (999.6e-9, "1.00 µJ"),
        (999.4e-9, "999 nJ"),
        (1.2345e-5, "12.3 µJ"),
        (0.0, "0 J"),
        (None, "unknown"),
        (2e-16, "0.200 fJ"),
    ],
)
def test_si(value: float | None, text: str) -> None:
    assert si(value, "J").replace("\N{NARROW NO-BREAK SPACE}", " ") == text


@given(st.floats(min_value=1e-12, max_value=9e11))
def test_si_keeps_three_digits(value: float) -> None:
    number, unit = si(value, "s").split("\N{NARROW NO-BREAK SPACE}")
    read = float(number) * FACTORS[unit.removesuffix("s")]
    assert read == pytest.approx(value, rel=0.005)
    assert 1 <= float(number) < 1000


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "unknown"),
        (0.0, "0"),
        (12.0, "12"),
        (12.34, "12.3"),
        (0.0123, "0.012"),
        (1234567.8, "1,234,568"),
    ],
)
def test_count(value: float | None, text: str) -> None:
    assert count(value) == text


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (None, "unknown"),
        (0.0, "0 %"),
        (0.0061, "0.61 %"),
        (0.876, "88 %"),
        (0.9952, "99.52 %"),
        (1.0, "100 %"),
    ],
)
def test_percent(share: float | None, text: str) -> None:
    assert percent(share).replace("\N{NARROW NO-BREAK SPACE}", " ") == text
