"""What a use costs, in sentences."""

from collections.abc import Iterator

from neurodeploy.decision.payback import Payback
from neurodeploy.decision.render.amounts import (
    life,
    money,
    money_spread,
    number_spread,
    open_end,
    spread,
    years,
)
from neurodeploy.decision.running_cost import RunningCost
from neurodeploy.decision.use import Use
from neurodeploy.report.render.words import percent, plural


def cost_lines(use: Use, cost: RunningCost) -> Iterator[str]:
    """Yield what the use costs, one sentence a figure."""
    rate = f"{use.per_second:,g} inferences a second"
    if cost.average_power_w is None:
        yield f"At {rate}: the energy of an inference is unknown, so are power and cost."
        return
    yield f"At {rate} a unit draws {spread(cost.average_power_w, 'W')} on average{_waiting(cost)}."
    if cost.battery_life_h is not None:
        yield f"A battery of {use.battery_wh:g} Wh lasts {life(cost.battery_life_h)}."
    if cost.energy_a_year_kwh is not None:
        units = f"{use.n_units:,} {plural('unit', use.n_units)}"
        price = ""
        if cost.price_a_year is not None:
            price = f", which costs {money_spread(cost.price_a_year)} at {use.price_kwh:g} a kWh"
        verb = "takes" if use.n_units == 1 else "take"
        yield f"In a year {units} {verb} {number_spread(cost.energy_a_year_kwh, ' kWh')}{price}."
    if cost.payback is not None:
        yield payback_text(use, cost.payback)


def _waiting(cost: RunningCost) -> str:
    power, waiting = cost.average_power_w, cost.waiting_w
    if power is None or waiting is None or not power.nominal:
        return "; what it draws between inferences is unknown and not in it"
    return f", {percent(waiting.nominal / power.nominal)} of it while the chip waits"


def payback_text(use: Use, found: Payback) -> str:
    """Return after how long savings have paid for it."""
    nominal = years(found.years_nominal)
    bound = "" if found.years_nominal is None else open_end(found.bound)
    ends = f" ({years(found.years_low)} to {years(found.years_high)})"
    return (
        f"Beside the {use.replaces_w:g} W that a unit replaces they save "
        f"{money_spread(found.saving_a_year)} a year, and have paid back "
        f"{money(found.investment)} after {nominal}{bound}{ends}."
    )
