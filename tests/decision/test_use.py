"""A use that cannot be computed with is refused, all of its mistakes at once."""

import pytest

from neurodeploy.decision import Use, use_of
from neurodeploy.errors import InputError


def refused(*problems: str) -> str:
    return "\n".join(f"ND2940: {problem}" for problem in problems)


def test_nothing_asked_is_no_use() -> None:
    assert use_of(None, price_kwh=None) is None


def test_every_impossible_figure_is_named() -> None:
    with pytest.raises(InputError) as error:
        Use(per_second=0, price_kwh=-1, battery_wh=float("inf"), units=0)
    assert str(error.value) == refused(
        "per_second is 0; expected a number above 0",
        "price_kwh is -1; expected a number 0 or more",
        "battery_wh is inf; expected a number above 0",
        "units is 0; expected a number above 0",
    )


def test_a_price_without_a_rate_is_refused() -> None:
    with pytest.raises(InputError) as error:
        use_of(None, price_kwh=0.3, units=4)
    assert str(error.value) == refused(
        "price_kwh, units: give per_second, inferences a second, too"
    )


def test_a_payback_lacks_no_term() -> None:
    with pytest.raises(InputError) as error:
        Use(per_second=1, unit_cost=3, price_kwh=0.3)
    assert str(error.value) == refused(
        "a payback needs price_kwh, units, unit_cost, development_cost, replaces_w, and 0 is a "
        "cost; not given: units, development_cost, replaces_w"
    )


def test_a_cost_of_0_is_a_cost() -> None:
    use = use_of(1.0, price_kwh=0.3, units=2, unit_cost=0.0, development_cost=0.0, replaces_w=1.0)
    assert use is not None
    assert use.development_cost == 0
