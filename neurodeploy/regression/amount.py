"""Amounts as engineers write them: a number in the metric's unit, or ``"40 uJ"``."""

import math
import re
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from functools import partial

PREFIXES = {
    "G": Decimal("1e9"),
    "M": Decimal("1e6"),
    "k": Decimal("1e3"),
    "": Decimal(1),
    "m": Decimal("1e-3"),
    "u": Decimal("1e-6"),
    "n": Decimal("1e-9"),
    "p": Decimal("1e-12"),
    "f": Decimal("1e-15"),
}
_TEXT = re.compile(r"([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?) *(.*)")
_DIGITS = 4


def amount(value: object, unit: str) -> float:
    """Return `value` in `unit`; a text's unit may bear a prefix, the unit ``"1"`` is not written.

    Raises
    ------
    ValueError
        If it is no number, or its unit is another one.
    """
    if isinstance(value, str):
        return _parsed(value, unit)
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise ValueError(f"expected {_form(unit)}")
    return float(value)


def rounded_up(value: float, unit: str) -> str:
    """Return an amount that reads back as `value` or slightly more, four digits of it."""
    return _rounded(value, unit, ROUND_CEILING)


def rounded_down(value: float, unit: str) -> str:
    """Return an amount that reads back as `value` or slightly less, four digits of it."""
    return _rounded(value, unit, ROUND_FLOOR)


def unrounded(value: float, unit: str) -> str:
    """Return an amount that reads back as exactly `value`."""
    return _with_prefix(Decimal(repr(value)), unit)


def shown(value: float | None, unit: str) -> str:
    """Return an amount for people, at least four digits of it; ``unknown`` for None."""
    if value is None:
        return "unknown"
    if unit != "1":
        exact = Decimal(repr(value))
        prefix = _prefix(abs(exact))
        return f"{float(exact / PREFIXES[prefix]):.4g} {prefix}{unit}"
    if value == int(value):
        return f"{value:,.0f}"
    return f"{value:.4g}" if abs(value) < 1000 else f"{value:,.1f}"


def _parsed(text: str, unit: str) -> float:
    found = _TEXT.fullmatch(text.strip())
    scales = {f"{prefix}{unit}": scale for prefix, scale in PREFIXES.items()}
    if unit == "1":
        scales = {"": Decimal(1)}
    if found is None:
        raise ValueError(f"expected {_form(unit)}")
    number, written = found.groups()
    if not written and unit != "1":
        raise ValueError(f"has no unit; expected {_form(unit)}")
    if written not in scales:
        raise ValueError(f"has the unit {written!r}; expected {_form(unit)}")
    return float(Decimal(number) * scales[written])


def _form(unit: str) -> str:
    if unit == "1":
        return "a finite number without a unit"
    return f'a finite number of {unit}, or a text such as "40 u{unit}"'


def _rounded(value: float, unit: str, rounding: str) -> str:
    exact = Decimal(repr(value))
    if exact == 0:
        return _with_prefix(exact, unit)
    step = Decimal(1).scaleb(exact.adjusted() - _DIGITS + 1)
    whole = partial(exact.quantize, rounding=rounding)
    if unit == "1" and step > 1:
        step = Decimal(1)
    return _with_prefix(whole(step), unit)


def _with_prefix(exact: Decimal, unit: str) -> str:
    if unit == "1":
        return _plain(exact)
    prefix = _prefix(abs(exact))
    return f"{_plain(exact / PREFIXES[prefix])} {prefix}{unit}"


def _prefix(exact: Decimal) -> str:
    fitting = (prefix for prefix, scale in PREFIXES.items() if exact >= scale)
    return "" if exact == 0 else next(fitting, "f")


def _plain(exact: Decimal) -> str:
    text = f"{exact:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
