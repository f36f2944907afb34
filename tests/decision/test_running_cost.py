"""The cost page equals a hand calculation; the cost is what its terms make of it, and no more."""

import dataclasses
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.reports import report_of

from neurodeploy.decision import Evidence, Use, decide
from neurodeploy.decision.one_inference import OneInference, one_inference
from neurodeploy.decision.range import Bound, Range
from neurodeploy.decision.render.parts import cost_part
from neurodeploy.decision.running_cost import RunningCost, running_cost
from neurodeploy.report.metric import Basis, Metric
from neurodeploy.report.report import Report

# One inference, written down by hand. A chip whose static power is 0.05, 0.1, 0.2 W infers in
# 8, 10, 20 ms; its events take 0.1, 0.5, 2 mJ:
#   static energy   0.05 W * 0.008 s = 0.4 mJ   0.1 W * 0.01 s = 1 mJ     0.2 W * 0.02 s = 4 mJ
#   total           0.1 + 0.4 = 0.5 mJ          0.5 + 1 = 1.5 mJ          2 + 4 = 6 mJ
BY_HAND = {
    "latency_s": (0.008, 0.010, 0.020),
    "energy_dynamic_j": (0.0001, 0.0005, 0.002),
    "energy_static_j": (0.0004, 0.001, 0.004),
    "energy_reset_j": (0.0, 0.0, 0.0),
    "energy_total_j": (0.0005, 0.0015, 0.006),
}
MISSING = ("management power between inferences",)


def by_hand() -> Report:
    """A report with the figures above; of its management nothing is known."""
    report = report_of("one_core")
    metrics = dict(report.metrics)
    for name, (low, value, high) in BY_HAND.items():
        metrics[name] = dataclasses.replace(
            metrics[name], low=low, value=value, high=high, note="", basis=Basis.MODELLED
        )
    nothing = dataclasses.replace(
        metrics["energy_management_j"], low=None, value=None, high=None, note="unknown"
    )
    return dataclasses.replace(report, metrics={**metrics, "energy_management_j": nothing})


def close(found: Range | None, low: float, nominal: float, high: float) -> None:
    assert found is not None
    assert (found.low, found.nominal, found.high) == pytest.approx((low, nominal, high), rel=1e-12)


def cost_of(report: Report, **use: float) -> RunningCost:
    return running_cost(one_inference(report), Use(**use))  # type: ignore[arg-type]  # units


def test_ten_inferences_a_second_by_hand() -> None:
    found = cost_of(by_hand(), per_second=10, price_kwh=0.30, battery_wh=37, units=1000)
    # 10 inferences of 8, 10, 20 ms are 8, 10, 20 % of a second: one chip.
    close(found.busy_share, 0.08, 0.10, 0.20)
    close(found.chips, 1, 1, 1)
    # 10/s * 0.5 mJ = 5 mW; 10/s * 1.5 mJ = 15 mW; 10/s * 6 mJ = 60 mW.
    close(found.inferring_w, 0.005, 0.015, 0.060)
    # 0.05 W * 92 % = 46 mW; 0.1 W * 90 % = 90 mW; 0.2 W * 80 % = 160 mW.
    close(found.waiting_w, 0.046, 0.090, 0.160)
    close(found.average_power_w, 0.051, 0.105, 0.220)
    # 37 Wh / 0.220 W = 168.1818 h; 37 / 0.105 = 352.3810; 37 / 0.051 = 725.4902.
    close(found.battery_life_h, 168.18181818181818, 352.3809523809524, 725.4901960784314)
    # In a year of 31,536,000 s: 0.105 W * 31,536,000 s = 3,311,280 J = 0.9198 kWh a unit.
    close(found.energy_a_year_kwh, 446.76, 919.80, 1927.20)
    close(found.price_a_year, 134.028, 275.94, 578.16)


def test_cost_page_shows_what_was_computed_by_hand() -> None:
    use = Use(per_second=10, price_kwh=0.30, battery_wh=37, units=1000)
    part = cost_part(decide(Evidence(report=by_hand()), use))
    assert part is not None
    page = {row[0]: row[1:4] for row in part.rows}
    page = {
        term: tuple(cell.replace("\N{NARROW NO-BREAK SPACE}", " ") for cell in cells)
        for term, cells in page.items()
    }
    assert page["inferring"] == ("5.00 mW", "15.0 mW", "60.0 mW")
    assert page["waiting"] == ("46.0 mW", "90.0 mW", "160 mW")
    assert page["P, mean power of one unit"] == ("51.0 mW", "105 mW", "220 mW")
    assert page["battery life, hours"] == ("168", "352", "725")
    assert page["battery life, days"] == ("7.01", "14.7", "30.2")
    assert page["energy a year, kWh"] == ("447", "920", "1,927")
    assert page["price of the energy a year"] == ("134.03", "275.94", "578.16")


def test_payback_by_hand() -> None:
    found = cost_of(
        by_hand(),
        per_second=10,
        price_kwh=0.30,
        units=1000,
        replaces_w=2,
        unit_cost=5,
        development_cost=10_000,
    ).payback
    assert found is not None
    # 10,000 + 1000 * 5; (2 - 0.105) W * 8760 h / 1000 * 1000 units * 0.30 = 4980.06 a year.
    assert found.investment == 15_000
    close(found.saving_a_year, 4677.84, 4980.06, 5121.972)
    ends = (found.years_low, found.years_nominal, found.years_high)
    assert ends == pytest.approx((2.928559468891981, 3.0120119034710425, 3.206607664905170))


def test_a_rate_beyond_one_chip_takes_more_of_them() -> None:
    found = cost_of(by_hand(), per_second=150)
    # 150 inferences of 8, 10, 20 ms fill 1.2, 1.5, 3 chips: 2, 2, 3 of them.
    close(found.chips, 2, 2, 3)
    # 150/s * 0.5 mJ + 0.05 W * 0.8; 150/s * 1.5 mJ + 0.1 W * 0.5; 150/s * 6 mJ + 0.2 W * 0.
    close(found.average_power_w, 0.115, 0.275, 0.9)


def test_what_waits_is_unknown_and_not_0_where_no_static_power_is_known() -> None:
    report = by_hand()
    unknown = dataclasses.replace(
        report.metrics["energy_static_j"], low=None, value=None, high=None, note="unknown"
    )
    report = dataclasses.replace(report, metrics={**report.metrics, "energy_static_j": unknown})
    found = cost_of(report, per_second=10, battery_wh=37)
    assert found.waiting_w is None
    assert found.average_power_w is not None
    assert found.battery_life_h is not None
    close(found.average_power_w, 0.005, 0.015, 0.060)
    assert found.average_power_w.bound is Bound.AT_LEAST
    assert found.battery_life_h.bound is Bound.AT_MOST
    assert found.average_power_w.missing == (
        "static power between inferences",
        "management power between inferences",
    )


def test_an_unknown_energy_leaves_every_cost_unknown() -> None:
    report = by_hand()
    unknown = dataclasses.replace(
        report.metrics["energy_total_j"], low=None, value=None, high=None, note="unknown"
    )
    report = dataclasses.replace(report, metrics={**report.metrics, "energy_total_j": unknown})
    found = cost_of(
        report,
        per_second=10,
        price_kwh=1,
        battery_wh=1,
        units=2,
        replaces_w=1,
        unit_cost=0,
        development_cost=0,
    )
    assert (found.average_power_w, found.energy_a_year_kwh, found.price_a_year) == (None,) * 3
    assert (found.battery_life_h, found.payback, found.inferring_w) == (None,) * 3


def test_a_saving_that_is_none_never_pays_back() -> None:
    found = cost_of(
        by_hand(),
        per_second=10,
        price_kwh=0.30,
        units=1,
        replaces_w=0.1,  # less than the nominal 0.105 W, more than the low 0.051 W
        unit_cost=1,
        development_cost=0,
    ).payback
    assert found is not None
    assert found.years_low is not None
    assert (found.years_nominal, found.years_high) == (None, None)


def test_measured_energy_stands_for_the_modelled_one() -> None:
    measured = Metric(
        value=0.002, unit="J", basis=Basis.MEASURED, low=0.002, high=0.002, source="meter.csv"
    )
    report = dataclasses.replace(by_hand(), measured={"energy_total_j": measured})
    found = cost_of(report, per_second=10)
    close(found.inferring_w, 0.02, 0.02, 0.02)
    close(found.average_power_w, 0.066, 0.11, 0.18)  # and 46, 90, 160 mW while it waits


def test_measured_power_and_time_make_an_energy() -> None:
    def metric(value: float, unit: str) -> Metric:
        return Metric(
            value=value, unit=unit, basis=Basis.MEASURED, low=value, high=value, source="meter.csv"
        )

    measured = {"power_w": metric(0.2, "W"), "latency_s": metric(0.005, "s")}
    one = one_inference(dataclasses.replace(by_hand(), measured=measured))
    close(one.energy_j, 0.001, 0.001, 0.001)
    close(one.latency_s, 0.005, 0.005, 0.005)
    assert (one.energy_basis, one.latency_basis) == (Basis.MEASURED, Basis.MEASURED)


POSITIVE = st.floats(1e-9, 1e3)
FACTORS = st.tuples(st.floats(0.01, 1), st.floats(1, 100))


@st.composite
def inferences(draw: st.DrawFn) -> OneInference:
    """One inference whose energy is that of events, and a power over the latency."""

    def ends() -> Range:
        nominal, (down, up) = draw(POSITIVE), draw(FACTORS)
        return Range(low=nominal * down, nominal=nominal, high=nominal * up)

    events, power, latency = ends(), ends(), ends()
    energy = Range(
        low=events.low + power.low * latency.low,
        nominal=events.nominal + power.nominal * latency.nominal,
        high=events.high + power.high * latency.high,
    )
    return OneInference(
        energy_j=energy,
        covers_s=latency,
        latency_s=latency,
        idle_w=power,
        idle_missing=(),
        energy_basis=Basis.MODELLED,
        latency_basis=Basis.MODELLED,
    )


def ranges(found: RunningCost) -> list[Range]:
    values = [getattr(found, field.name) for field in dataclasses.fields(found)]
    return [value for value in values if isinstance(value, Range)]


@given(inferences(), st.floats(1e-6, 1e6))
def test_low_is_below_nominal_is_below_high(one: OneInference, rate: float) -> None:
    found = running_cost(one, Use(per_second=rate, price_kwh=0.3, battery_wh=5))
    assert len(ranges(found)) == 8
    for one_range in ranges(found):
        assert one_range.low <= one_range.nominal <= one_range.high


@given(inferences(), st.floats(1e-6, 1e6), st.integers(1, 10**6))
def test_cost_is_linear_in_units(one: OneInference, rate: float, units: int) -> None:
    single = running_cost(one, Use(per_second=rate, price_kwh=0.3))
    many = running_cost(one, Use(per_second=rate, price_kwh=0.3, units=units))
    assert single.average_power_w == many.average_power_w
    for name in ("energy_a_year_kwh", "price_a_year"):
        before, after = getattr(single, name), getattr(many, name)
        assert after.nominal == pytest.approx(before.nominal * units)
        assert after.high == pytest.approx(before.high * units)


@given(inferences(), st.floats(1e-6, 1e6))
def test_the_events_of_inferences_are_linear_in_the_rate(one: OneInference, rate: float) -> None:
    """Twice the rate takes twice the energy of events; static power goes by the chips alone."""
    assert one.energy_j is not None
    assert one.idle_w is not None
    assert one.latency_s is not None
    events = one.energy_j.nominal - one.idle_w.nominal * one.latency_s.nominal
    for times in (1, 2):
        found = running_cost(one, Use(per_second=rate * times))
        assert found.chips is not None
        assert found.average_power_w is not None
        n_chips = found.chips.nominal
        assert n_chips >= 1
        assert n_chips == pytest.approx(max(math.ceil(rate * times * one.latency_s.nominal), 1))
        static = one.idle_w.nominal * n_chips
        expected = rate * times * events + static
        scale = rate * times * one.energy_j.nominal + static
        assert found.average_power_w.nominal == pytest.approx(expected, abs=1e-9 * scale)


@given(inferences(), st.floats(1e-6, 1e6))
def test_what_is_missing_is_named_in_every_sum(one: OneInference, rate: float) -> None:
    lacking = dataclasses.replace(one, idle_missing=MISSING)
    found = running_cost(lacking, Use(per_second=rate, price_kwh=1, battery_wh=1))
    for part in (found.average_power_w, found.energy_a_year_kwh, found.price_a_year):
        assert part is not None
        assert (part.missing, part.bound) == (MISSING, Bound.AT_LEAST)
    assert found.battery_life_h is not None
    assert found.battery_life_h.bound is Bound.AT_MOST
