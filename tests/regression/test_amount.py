"""Amounts read back as what was written, rounded to the side that was asked for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from neurodeploy.regression.amount import amount, rounded_down, rounded_up, shown, unrounded

VALUES = st.floats(1e-14, 1e12)
UNITS = st.sampled_from(["J", "s", "1"])


def test_units_with_prefixes() -> None:
    assert amount("40 uJ", "J") == 40e-6
    assert amount("2.5 kHz", "Hz") == 2500.0
    assert amount("40uJ", "J") == amount(40e-6, "J")
    assert amount("1.5e3", "1") == amount(1500, "1") == 1500.0
    assert amount("60 nJ s", "J s") == 60e-9


@pytest.mark.parametrize(
    ("value", "unit", "message"),
    [
        (
            "40 ms",
            "J",
            "has the unit 'ms'; expected a finite number of J, or a text such as \"40 uJ\"",
        ),
        ("40", "J", 'has no unit; expected a finite number of J, or a text such as "40 uJ"'),
        ("many", "1", "expected a finite number without a unit"),
        (True, "1", "expected a finite number without a unit"),
        (float("nan"), "1", "expected a finite number without a unit"),
    ],
)
def test_what_is_no_amount_is_refused(value: object, unit: str, message: str) -> None:
    with pytest.raises(ValueError) as found:
        amount(value, unit)
    assert str(found.value) == message


@given(VALUES, UNITS)
def test_unrounded_reads_back_exactly(value: float, unit: str) -> None:
    assert amount(unrounded(value, unit), unit) == value


@given(VALUES, UNITS)
def test_rounding_keeps_to_its_side_and_within_a_thousandth(value: float, unit: str) -> None:
    up, down = (amount(f(value, unit), unit) for f in (rounded_up, rounded_down))
    assert down <= value <= up
    assert up - down <= max(2e-3 * value, 0.0)


def test_unknown_is_never_zero() -> None:
    assert shown(None, "J") == "unknown"
    assert shown(0.0, "J") == "0 J"
