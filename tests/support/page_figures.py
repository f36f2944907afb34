"""Read figures off a page as a person would, and find what they claim to be in the JSON."""

import math
from typing import Any

SPACE = "\N{NARROW NO-BREAK SPACE}"
FACTORS = {
    "G": 1e9,
    "M": 1e6,
    "k": 1e3,
    "": 1.0,
    "m": 1e-3,
    "µ": 1e-6,
    "n": 1e-9,
    "p": 1e-12,
    "f": 1e-15,
}
ABSENT = ("unknown", "no limit")


def at(document: Any, path: str) -> Any:
    """Return what `document` holds at ``a.0.b``."""
    for part in path.split("."):
        document = document[int(part)] if isinstance(document, list) else document[part]
    return document


def unit_at(document: Any, path: str) -> str:
    """Return the unit of the figure at `path`."""
    if path.startswith("steps.time_s") or ".time." in path:
        return "s"
    if ".samples." in path:
        return "1"
    found, unit = document, "1"
    for part in path.split("."):
        found = found[int(part)] if isinstance(found, list) else found[part]
        if isinstance(found, dict):
            unit = found.get("unit", unit)
    return unit


def agrees(text: str, value: float | None, unit: str, *, percent: bool) -> bool:
    """Return whether `text` is `value` in `unit`, rounded to the digits shown."""
    if value is None or text in ABSENT:
        return value is None and text in ABSENT
    if text == "nothing":
        return value == 0
    number, _, shown_unit = text.partition(SPACE)
    digits = number.replace(",", "")
    decimals = len(digits.partition(".")[2])
    if percent:
        factor, right = 0.01, shown_unit == "%"
    elif unit == "1":
        factor, right = 1.0, shown_unit == ""
    else:
        prefix = shown_unit.removesuffix(unit)
        factor, right = FACTORS[prefix], shown_unit.endswith(unit)
    # Three digits may be fewer than the decimals shown: 12.3 k stands for 12 300 to the hundred.
    step = max(10.0**-decimals, 10 ** (math.floor(math.log10(abs(float(digits)) or 1)) - 2))
    step = 10.0**-decimals if unit == "1" and not percent else step
    return right and abs(float(digits) * factor - value) <= 0.5000001 * step * factor
