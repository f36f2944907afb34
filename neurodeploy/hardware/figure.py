"""A figure of a chip file: value, interval, unit, evidence and source, strictly checked."""

from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationInfo,
    model_validator,
)

from neurodeploy.hardware.quantity import Evidence, Quantity, Scope

_SCALES = {
    "s": {"s": "1", "ms": "1e-3", "us": "1e-6", "ns": "1e-9", "ps": "1e-12"},
    "J": {"J": "1", "mJ": "1e-3", "uJ": "1e-6", "nJ": "1e-9", "pJ": "1e-12"},
    "W": {"W": "1", "mW": "1e-3", "uW": "1e-6"},
    "bytes": {"bytes": "1", "KiB": "1024", "MiB": "1048576"},
    "count": {"count": "1"},
    "1/s": {"1/s": "1", "k/s": "1e3", "M/s": "1e6", "G/s": "1e9"},
}


NOT_PUBLISHED = "not-published"
"""The source that the bare word ``"unknown"`` stands for; the page's `sources` must explain it."""


def _known(value: object) -> object:
    return None if value == "unknown" else value


def _listed(names: str, info: ValidationInfo) -> str:
    sources = (info.context or {}).get("sources", ())
    missing = [name for name in names.split("; ") if name not in sources]
    if missing:
        raise ValueError(f"the table 'sources' does not explain {', '.join(map(repr, missing))}")
    return names


Finite = Annotated[float, Field(allow_inf_nan=False)]
Number = Annotated[
    Finite | None,
    BeforeValidator(_known, json_schema_input_type=Finite | Literal["unknown"]),
]
Source = Annotated[str, AfterValidator(_listed)]
EvidenceName = Annotated[Evidence, Field(strict=False)]


class Table(BaseModel):
    """A table of the file: nothing unknown, nothing of another type."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class Figure(Table):
    """A figure with its interval; ``"unknown"`` stands for all three numbers together."""

    value: Number
    low: Number
    high: Number
    unit: str
    evidence: EvidenceName
    source: Source
    scope: Annotated[Scope, Field(strict=False)] = Scope.PER_TERM

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        numbers = (self.low, self.value, self.high)
        unknown = [number is None for number in numbers]
        if any(unknown) != all(unknown):
            raise ValueError("value, low and high are known together or unknown together")
        if all(unknown) != (self.evidence is Evidence.UNKNOWN):
            raise ValueError("a figure is 'unknown' exactly where its evidence is 'unknown'")
        low, value, high = (number or 0.0 for number in numbers)
        if not low <= value <= high:
            raise ValueError(f"low {low:g}, value {value:g}, high {high:g} are not in this order")
        if low < 0:
            raise ValueError(f"low {low:g} is negative")
        return self

    def quantity(self) -> Quantity:
        """Return it in SI units (or bytes, or a count)."""
        base, scale = _unit(self.unit)
        low, value, high = (
            None if number is None else float(Decimal(str(number)) * Decimal(scale))
            for number in (self.low, self.value, self.high)
        )
        return Quantity(
            value=value,
            low=low,
            high=high,
            unit=base,
            evidence=self.evidence,
            source=self.source,
            scope=self.scope,
        )


def _unit(unit: str) -> tuple[str, str]:
    return next((base, units[unit]) for base, units in _SCALES.items() if unit in units)


def _measured_in(*bases: str) -> AfterValidator:
    allowed = [unit for base in bases for unit in _SCALES[base]]

    def check(figure: Figure) -> Figure:
        if figure.unit not in allowed:
            raise ValueError(f"unit {figure.unit!r} is none of {', '.join(allowed)}")
        return figure

    return AfterValidator(check)


def _spelled_out(base: str) -> BeforeValidator:
    """Read the bare word ``"unknown"`` as a figure of which no public one is known."""

    def spell(figure: object) -> object:
        if figure != "unknown":
            return figure
        nothing = dict.fromkeys(("value", "low", "high"), "unknown")
        return {**nothing, "unit": base, "evidence": "unknown", "source": NOT_PUBLISHED}

    return BeforeValidator(spell, json_schema_input_type=Figure | Literal["unknown"])


Time = Annotated[Figure, _spelled_out("s"), _measured_in("s")]
Energy = Annotated[Figure, _spelled_out("J"), _measured_in("J")]
Power = Annotated[Figure, _spelled_out("W"), _measured_in("W")]
Count = Annotated[Figure, _spelled_out("count"), _measured_in("count")]
Bytes = Annotated[Figure, _spelled_out("bytes"), _measured_in("bytes")]
Rate = Annotated[Figure, _spelled_out("1/s"), _measured_in("1/s")]
Measured = Annotated[Figure, _measured_in("s", "J", "W")]
