"""A chip's page with the coefficients that a calibration found, and where they come from."""

import copy
from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal
from typing import Any

from neurodeploy.calibration.calibrate import Calibration, Coefficient
from neurodeploy.calibration.least_squares import Estimate
from neurodeploy.hardware.toml_text import toml_text

_UNITS = {
    "energy": ("pJ", "1e12"),
    "power": ("mW", "1e3"),
    "latency": ("ns", "1e9"),
    "sync": ("us", "1e6"),
}
SOURCE = "calibration"


def calibrated_page(
    page: dict[str, Any], calibration: Calibration, *, name: str, measured: str
) -> str:
    """Return the text of `page`, as `tomllib` read it, with the fitted figures in it.

    Parameters
    ----------
    name : of the new chip.
    measured : which file the measurements are from, and its fingerprint.
    """
    mine = copy.deepcopy(page)
    mine.pop("aliases", None)
    mine["name"] = name
    mine["title"] = f"{page['title']}; calibrated"
    others = sum(c.estimate is None for c in calibration.coefficients)
    mine["sources"][SOURCE] = (
        f"least squares on {calibration.n_runs} runs of {measured}; 95 % intervals; {others} "
        f"coefficients that they do not identify are kept from {page['name']}"
    )
    for coefficient in calibration.fitted:
        _replace(mine, coefficient)
    return "\n".join([*_header(calibration, page["name"], measured), "", toml_text(mine)])


def _replace(page: dict[str, Any], coefficient: Coefficient) -> None:
    assert coefficient.estimate is not None
    table, _, key = coefficient.name.partition(".")
    figure = _figure(coefficient.estimate, *_UNITS[table])
    if table == "sync":
        entry = next(entry for entry in page["sync"] if entry["tiles"] == int(key))
        entry["time"] = figure
    else:
        page[table][key] = figure


def _figure(estimate: Estimate, unit: str, scale: str) -> dict[str, Any]:
    """Return the estimate with six digits, the ends of its interval rounded outward."""

    def digits(value: float, rounding: str | None = None) -> float:
        context = Context(prec=6, rounding=rounding)
        return float(context.multiply(Decimal(value), Decimal(scale)))

    return {
        "value": digits(estimate.value),
        "low": digits(estimate.low, ROUND_FLOOR),
        "high": digits(estimate.high, ROUND_CEILING),
        "unit": unit,
        "evidence": "fitted",
        "source": SOURCE,
    }


def _header(calibration: Calibration, before: str, measured: str) -> list[str]:
    """Return the comment above the page: what is fitted, what is kept and why, what is left."""
    lines = [
        f"# Made by `neurodeploy chips calibrate {before}` from {measured}.",
        "#",
        "# Time is fitted where it is linear: as the longest phase of each run's busiest core, by",
        f"# the page of {before}, and the barrier.",
        "#",
        f"# Fitted: {', '.join(c.name for c in calibration.fitted) or 'nothing'}.",
        "# Kept as they were:",
    ]
    lines += [f"#   {c.name}: {c.kept}" for c in calibration.coefficients if c.estimate is None]
    lines += ["# Residuals, measured against fitted:"]
    lines += [
        f"#   {r.where}: {r.measured:.6g} {r.unit}, {r.fitted:.6g} {r.unit} "
        f"({100 * (r.fitted / r.measured - 1):+.2f} %)"
        for r in calibration.residuals
    ]
    return lines
