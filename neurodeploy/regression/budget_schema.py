"""The form of ``budget.toml``: strict models made from the metric registry."""

from functools import partial
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema, create_model

from neurodeploy.placement.limits import PER_CORE
from neurodeploy.regression.amount import PREFIXES, amount
from neurodeploy.regression.budget import CONNECTIVITY, Estimate
from neurodeploy.regression.section import Section, names_in
from neurodeploy.report.metric import REGISTRY, Better

_NUMBER = r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?"


class Table(BaseModel):
    """A table of the file: nothing unknown, nothing of another type."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


def _share(value: object) -> str | float:
    """Return ``"90 %"`` as it stands, once it is known to be one, and a number as a number."""
    try:
        if isinstance(value, str) and value.rstrip().endswith("%"):
            amount(value.rstrip().removesuffix("%"), "1")
            return value
        return amount(value, "1")
    except ValueError:
        raise ValueError('expected a number of pieces, or a share such as "90 %"') from None


def _metric(name: str) -> tuple[Any, Any]:
    unit = REGISTRY[name].unit
    checks = (BeforeValidator(partial(_limit, name)), WithJsonSchema(_json_schema(unit)))
    note = f"{REGISTRY[name].meaning}; {_bound(name)}, in {unit}"
    return Annotated[float | None, *checks], Field(default=None, description=note)


def _limit(name: str, value: object) -> float:
    if REGISTRY[name].better is Better.NEITHER:
        raise ValueError("is a property of the input, neither high nor low is better: no limit")
    return amount(value, REGISTRY[name].unit)


def _bound(name: str) -> str:
    return "at least" if REGISTRY[name].better is Better.HIGHER else "at most"


def _json_schema(unit: str) -> dict[str, Any]:
    if unit == "1":
        return {"type": "number"}
    prefixes = "".join(PREFIXES)
    text = {"type": "string", "pattern": f"^ *{_NUMBER} *[{prefixes}]?{unit} *$"}
    return {"anyOf": [{"type": "number"}, text]}


def _per_core(name: str) -> tuple[Any, Any]:
    text = {"type": "string", "pattern": f"^ *{_NUMBER} *% *$"}
    checks = (BeforeValidator(_share), WithJsonSchema({"anyOf": [{"type": "number"}, text]}))
    note = f"{name} used on the fullest core: at most, in pieces or as a share of the chip's limit"
    return Annotated[str | float | None, *checks], Field(default=None, description=note)


def _part(value: object) -> float:
    """Return a share as a number: ``"10 %"`` or 0.1."""
    try:
        if isinstance(value, str) and value.rstrip().endswith("%"):
            found = amount(value.rstrip().removesuffix("%"), "1") / 100
        else:
            found = amount(value, "1")
    except ValueError:
        found = -1.0
    if not 0 < found <= 1:
        raise ValueError('expected a share above 0 and at most 1, such as 0.1 or "10 %"')
    return found


def _of_before(what: str) -> tuple[Any, Any]:
    text = {"type": "string", "pattern": f"^ *{_NUMBER} *% *$"}
    number = {"type": "number", "exclusiveMinimum": 0, "maximum": 1}
    checks = (BeforeValidator(_part), WithJsonSchema({"anyOf": [number, text]}))
    return Annotated[float | None, *checks], Field(default=None, description=what)


def _compression() -> type[Table]:
    fields = {CONNECTIVITY: _of_before("removable weights that are left: at most, as a share")}
    fields |= {
        name: _of_before(f"{name}: at most, as a share of what the network had before")
        for name, definition in REGISTRY.items()
        if definition.better is Better.LOWER
    }
    return _table("Compression", fields)


def _section(section: Section) -> type[Table]:
    fields = {name: _metric(name) for name in names_in(section)}
    if section is Section.RESOURCES:
        fields |= {name: _per_core(name) for name in PER_CORE}
    return _table(section.value.title().replace("_", ""), fields)


def _table(name: str, fields: dict[str, tuple[Any, Any]]) -> type[Table]:
    made: type[Table] = create_model(name, __base__=Table, **fields)  # type: ignore[call-overload]  # fields known only at run time
    return made


COMPRESSION = "compression"
"""The table of shares that `neurodeploy compress` keeps."""

LayerLimits = _table("LayerLimits", {name: _metric(name) for name in REGISTRY})
"""Limits of one layer."""

Compression = _compression()
"""Shares of the network before."""

BudgetTable = _table(
    "BudgetTable",
    {
        "chip": (str | None, Field(default=None, description="the chip the limits are meant for")),
        "estimate": (
            Annotated[Estimate, Field(strict=False)],
            Field(default=Estimate.HIGH, description="end of an interval held against a limit"),
        ),
        "strict": (bool, Field(default=False, description="fail limits that have no figure")),
        **{
            section.value: (_section(section), Field(default_factory=_section(section)))
            for section in Section
        },
        COMPRESSION: (Compression, Field(default_factory=Compression)),
        "layers": (dict[str, LayerLimits], Field(default_factory=dict)),  # type: ignore[valid-type]  # made at run time
    },
)
"""The table ``budget``."""


class BudgetFile(Table):
    """A whole file."""

    schema_version: Annotated[Literal[1], Field(alias="schema")] = 1
    budget: BudgetTable  # type: ignore[valid-type]  # made at run time


def json_schema() -> dict[str, Any]:
    """Return the JSON schema of ``budget.toml``."""
    return BudgetFile.model_json_schema()
