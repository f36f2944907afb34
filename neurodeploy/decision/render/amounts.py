"""Ranges, money, days and years as people read them."""

from neurodeploy.decision.range import Bound, Range
from neurodeploy.report.render.words import si

HOURS_A_DAY = 24
NEVER = "never"

_LEAST_DAYS_H = 48


def spread(found: Range, unit: str) -> str:
    """Return the nominal figure with its bound, and low to high behind it."""
    ends = "" if found.low == found.high else f" ({si(found.low, unit)} to {si(found.high, unit)})"
    return f"{si(found.nominal, unit)}{open_end(found.bound)}{ends}"


def number_spread(found: Range, unit: str) -> str:
    """Return the same with a unit that takes no prefix."""
    ends = "" if found.low == found.high else f" ({plain(found.low)} to {plain(found.high)})"
    return f"{plain(found.nominal)}{unit}{open_end(found.bound)}{ends}"


def money_spread(found: Range) -> str:
    """Return an amount of money with its ends."""
    ends = "" if found.low == found.high else f" ({money(found.low)} to {money(found.high)})"
    return f"{money(found.nominal)}{open_end(found.bound)}{ends}"


def life(found: Range) -> str:
    """Return hours, or days where they are many."""
    if found.nominal < _LEAST_DAYS_H:
        return number_spread(found, " hours")
    ends = "" if found.low == found.high else f" ({days(found.low)} to {days(found.high)})"
    return f"{days(found.nominal)} days{open_end(found.bound)}{ends}"


def points(share: float) -> str:
    """Return a share in percent with one decimal, where tenths count."""
    return f"{100 * share:.1f} %"


def days(hours: float) -> str:
    """Return the days of so many hours."""
    return plain(hours / HOURS_A_DAY)


def years(found: float | None) -> str:
    """Return years, or that it never happens."""
    return NEVER if found is None else f"{found:.2f} years"


def plain(value: float) -> str:
    """Return three digits, or all digits before the point."""
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:#.3g}".rstrip(".")


def money(value: float) -> str:
    """Return an amount with two decimals, none where it is large."""
    return f"{value:,.0f}" if abs(value) >= 10_000 else f"{value:,.2f}"


def open_end(bound: Bound) -> str:
    """Return what terms that nobody knows make of a figure."""
    return {Bound.NONE: "", Bound.AT_LEAST: " or more", Bound.AT_MOST: " or less"}[bound]
