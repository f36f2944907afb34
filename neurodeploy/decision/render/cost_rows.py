"""The rows of the cost page: every term with its three ends and how it comes about."""

from collections.abc import Callable, Iterator

from neurodeploy.decision.page_one import PageOne
from neurodeploy.decision.range import Range, range_of
from neurodeploy.decision.render.amounts import days, money, open_end, plain, years
from neurodeploy.decision.running_cost import HOURS_A_YEAR, RunningCost
from neurodeploy.decision.use import Use
from neurodeploy.report.render.words import UNKNOWN, si

_YEAR = f"{HOURS_A_YEAR:,} h / 1000"

Row = tuple[str, str, str, str, str]


def cost_part_rows(use: Use, cost: RunningCost, page: PageOne) -> Iterator[Row]:
    """Yield the terms, then the sums."""
    rate = f"{use.per_second:,g}/s"
    energy, latency = range_of(page.energy), range_of(page.latency)
    yield _row("E, energy of one inference", energy, _si("J"), page.energy.basis.value)
    yield _row("L, latency of one inference", latency, _si("s"), page.latency.basis.value)
    yield _row("P_idle, power between inferences", range_of(page.idle_power), _si("W"), "modelled")
    yield ("r, inferences a second", "", rate, "", "given")
    yield _row("n, chips of one unit", cost.chips, "{:,.0f}".format, "r L, rounded up")
    yield _row("time that one chip infers", cost.busy_share, _percent, "r L")
    yield _row("inferring", cost.inferring_w, _si("W"), "r E")
    yield _row("waiting", cost.waiting_w, _si("W"), "P_idle (n - r t)")
    yield _row("P, mean power of one unit", cost.average_power_w, _si("W"), "the sum of both")
    if use.battery_wh is not None:
        how = f"{use.battery_wh:g} Wh / P"
        yield _row("battery life, hours", cost.battery_life_h, plain, how)
        yield _row("battery life, days", cost.battery_life_h, days, "hours / 24")
    yield _row(
        "energy a year, kWh",
        cost.energy_a_year_kwh,
        plain,
        f"P x {_YEAR} x {use.n_units:,}",
    )
    if use.price_kwh is not None:
        how = f"kWh x {use.price_kwh:g}"
        yield _row("price of the energy a year", cost.price_a_year, money, how)
    yield from _payback(use, cost)


def _payback(use: Use, cost: RunningCost) -> Iterator[Row]:
    found = cost.payback
    if found is None or use.unit_cost is None or use.development_cost is None:
        return
    how = f"{money(use.development_cost)} + {use.n_units:,} x {money(use.unit_cost)}"
    yield ("investment", "", money(found.investment), "", how)
    how = f"({use.replaces_w:g} W - P) x {_YEAR} x {use.n_units:,} x {use.price_kwh:g}"
    yield _row("saving a year", found.saving_a_year, money, how)
    ends = (years(found.years_low), years(found.years_nominal), years(found.years_high))
    yield ("payback", *ends, "investment / saving")


def _row(term: str, found: Range | None, shown: Callable[[float], str], how: str) -> Row:
    if found is None:
        return term, "", UNKNOWN, "", how
    more = f";{open_end(found.bound)}" if found.bound else ""
    return term, shown(found.low), shown(found.nominal), shown(found.high), how + more


def _si(unit: str) -> Callable[[float], str]:
    return lambda value: si(value, unit)


def _percent(share: float) -> str:
    return f"{100 * share:.3g} %"
