"""The parts of a product's change add up, and fall on the factors that changed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from neurodeploy.exploration.attribution import attribute

FACTORS = st.lists(st.floats(0, 1e4), min_size=3, max_size=3)


@given(FACTORS, FACTORS)
def test_parts_add_up_to_the_change(before: list[float], after: list[float]) -> None:
    product = before[0] * before[1] * before[2], after[0] * after[1] * after[2]
    parts = attribute(before, after)
    scale = max(*product, max(before + after) ** 3, 1e-300)
    assert sum(parts) == pytest.approx(product[1] - product[0], abs=1e-9 * scale)


def test_factor_that_did_not_change_caused_nothing() -> None:
    assert attribute((2.0, 3.0, 5.0), (4.0, 3.0, 5.0)) == (30.0, 0.0, 0.0)


def test_two_factors_share_what_they_did_together() -> None:
    assert attribute((1.0, 1.0), (2.0, 2.0)) == (1.5, 1.5)
