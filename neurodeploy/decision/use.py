"""`Use`: how often a deployment infers, on how many units, and what electricity costs."""

import math
from dataclasses import dataclass

from neurodeploy.errors import InputError

_ABOVE_0 = ("per_second", "battery_wh", "replaces_w", "units")
_PAYBACK = ("unit_cost", "development_cost", "replaces_w")
_PAYBACK_NEEDS = ("price_kwh", "units", *_PAYBACK)


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """What the deployment is used for; money is in the currency of `price_kwh`.

    Parameters
    ----------
    per_second : inferences a second of one unit, all year.
    price_kwh : of a kilowatt-hour.
    battery_wh : watt-hours of the battery of one unit.
    units : devices that do the same work; None is one.
    replaces_w : mean power in watts of what one unit replaces, at the same rate.
    unit_cost : what one unit costs more than what it replaces.
    development_cost : what it costs once, however many units there are.

    Raises
    ------
    InputError
        If a figure is none, or a payback lacks one of its terms (ND2940).
    """

    per_second: float
    price_kwh: float | None = None
    battery_wh: float | None = None
    units: int | None = None
    replaces_w: float | None = None
    unit_cost: float | None = None
    development_cost: float | None = None

    def __post_init__(self) -> None:
        problems = [*_wrong(self), *_lacking(self)]
        if problems:
            raise InputError("ND2940", *problems)

    @property
    def n_units(self) -> int:
        """Devices; one where nothing is said."""
        return 1 if self.units is None else self.units


def use_of(per_second: float | None = None, **rest: float | None) -> Use | None:
    """Return the use that the options describe; None where none is given.

    Parameters
    ----------
    rest : the other fields of `Use`.

    Raises
    ------
    InputError
        As `Use` does, and if there is no rate to go with the others (ND2940).
    """
    given = {name: value for name, value in rest.items() if value is not None}
    if per_second is not None:
        units = given.pop("units", None)
        return Use(per_second=per_second, units=None if units is None else int(units), **given)
    if given:
        raise InputError("ND2940", f"{', '.join(given)}: give per_second, inferences a second, too")
    return None


def _wrong(use: Use) -> list[str]:
    given = {name: getattr(use, name) for name in Use.__dataclass_fields__}
    problems = []
    for name, value in given.items():
        if value is None:
            continue
        least = "above 0" if name in _ABOVE_0 else "0 or more"
        if not math.isfinite(value) or value < 0 or (value == 0 and name in _ABOVE_0):
            problems.append(f"{name} is {value:g}; expected a number {least}")
    return problems


def _lacking(use: Use) -> list[str]:
    if all(getattr(use, name) is None for name in _PAYBACK):
        return []
    lacking = [name for name in _PAYBACK_NEEDS if getattr(use, name) is None]
    if not lacking:
        return []
    return [
        f"a payback needs {', '.join(_PAYBACK_NEEDS)}, and 0 is a cost; not given: "
        f"{', '.join(lacking)}"
    ]
