"""What a deployment costs to run: chips, power, battery life, energy and price a year.

The mean power of a unit that infers `r` times a second on `n` chips that stay switched on:

    P = r E + P_idle (n - r t),    n = ceil(r L)

with the energy E of an inference, the time t whose static power E includes, the latency L, and the
power P_idle of a chip that waits. Low, nominal and high are each computed from such figures.
"""

import math
from dataclasses import dataclass

from neurodeploy.decision.one_inference import OneInference
from neurodeploy.decision.payback import Payback, payback
from neurodeploy.decision.range import Bound, Range, falling, rising
from neurodeploy.decision.use import Use

HOURS_A_YEAR = 365 * 24
WATTS_A_KILOWATT = 1000

_NEARLY = 1e-9
"""Share by which a load may lie above whole chips: rounding of a product, not work."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunningCost:
    """What `use` of one deployment takes; None is unknown, or was not asked for.

    Parameters
    ----------
    chips : that one unit needs, one inference after the other on each.
    busy_share : of the time of one chip that inferences take, if it could do them all.
    inferring_w, waiting_w : the two terms of `average_power_w`, of one unit.
    battery_life_h : of one unit, until `battery_wh` are drawn.
    energy_a_year_kwh, price_a_year : of all units.
    """

    chips: Range | None
    busy_share: Range | None
    inferring_w: Range | None
    waiting_w: Range | None
    average_power_w: Range | None
    battery_life_h: Range | None
    energy_a_year_kwh: Range | None
    price_a_year: Range | None
    payback: Payback | None


def running_cost(one: OneInference, use: Use) -> RunningCost:
    """Return what the inferences of `use` cost."""
    busy = _busy(one, use)
    chips = None if busy is None else rising(_chips, busy)
    inferring, waiting = _inferring(one, use), _waiting(one, use, chips)
    power = _power(one, use, chips)
    energy = None if power is None else rising(lambda watts: _kwh(watts, use), power)
    return RunningCost(
        chips=chips,
        busy_share=busy,
        inferring_w=inferring,
        waiting_w=waiting,
        average_power_w=power,
        battery_life_h=_battery(power, use),
        energy_a_year_kwh=energy,
        price_a_year=_price(energy, use),
        payback=None if power is None else payback(power, use, HOURS_A_YEAR),
    )


def _busy(one: OneInference, use: Use) -> Range | None:
    if one.latency_s is None:
        return None
    return rising(lambda seconds: seconds * use.per_second, one.latency_s)


def _chips(load: float) -> float:
    return float(max(math.ceil(load * (1 - _NEARLY)), 1))


def _inferring(one: OneInference, use: Use) -> Range | None:
    if one.energy_j is None:
        return None
    return rising(lambda joules: joules * use.per_second, one.energy_j)


def _waiting(one: OneInference, use: Use, chips: Range | None) -> Range | None:
    if one.idle_w is None or one.covers_s is None or chips is None:
        return None
    found = rising(
        lambda watts, seconds, n: watts * (n - use.per_second * seconds),
        one.idle_w,
        one.covers_s,
        chips,
    )
    return _lacking(found, one.idle_missing)


def _power(one: OneInference, use: Use, chips: Range | None) -> Range | None:
    """Return the sum of both terms end by end; what waits is missing where it is unknown."""
    if one.energy_j is None:
        return None
    rate = use.per_second
    if one.idle_w is None or one.covers_s is None or chips is None:
        return _lacking(rising(lambda joules: joules * rate, one.energy_j), one.idle_missing)
    found = rising(
        lambda joules, watts, seconds, n: rate * joules + watts * (n - rate * seconds),
        one.energy_j,
        one.idle_w,
        one.covers_s,
        chips,
    )
    return _lacking(found, one.idle_missing)


def _lacking(found: Range, names: tuple[str, ...]) -> Range:
    missing = tuple(dict.fromkeys((*found.missing, *names)))
    bound = Bound.AT_LEAST if missing else Bound.NONE
    return Range(
        low=found.low, nominal=found.nominal, high=found.high, missing=missing, bound=bound
    )


def _kwh(watts: float, use: Use) -> float:
    return watts * HOURS_A_YEAR / WATTS_A_KILOWATT * use.n_units


def _battery(power: Range | None, use: Use) -> Range | None:
    wh = use.battery_wh
    if power is None or wh is None or power.low <= 0:
        return None
    return falling(lambda watts: wh / watts, power)


def _price(energy: Range | None, use: Use) -> Range | None:
    price = use.price_kwh
    if energy is None or price is None:
        return None
    return rising(lambda kwh: kwh * price, energy)
