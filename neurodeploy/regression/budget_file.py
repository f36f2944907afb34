"""Read ``budget.toml``; what is wrong in it is refused at once, each mistake by its path."""

import difflib
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from neurodeploy.errors import InputError
from neurodeploy.placement.limits import PER_CORE
from neurodeploy.regression.amount import amount
from neurodeploy.regression.budget import Budget, Limit, Share
from neurodeploy.regression.other_names import as_registered
from neurodeploy.regression.section import Section, section_of
from neurodeploy.report.metric import REGISTRY
from neurodeploy.storage.toml_file import read_toml


def read_budget(path: Path) -> Budget:
    """Return the budget in the file at `path`.

    Raises
    ------
    InputError
        If it cannot be read (ND2701), or has not the form of a budget (ND2702).
    """
    return budget_of(read_toml(path, "ND2701"), str(path))


def budget_of(data: dict[str, Any], where: str) -> Budget:
    """Return the budget that the parsed file `data` holds; raises as `read_budget` does."""
    from neurodeploy.regression.budget_schema import COMPRESSION, BudgetFile  # 50 ms of models

    try:
        table = BudgetFile.model_validate(data).budget
    except ValidationError as error:
        mistakes = [f"{where}: {_mistake(found)}" for found in error.errors(include_url=False)]
        raise InputError("ND2702", *mistakes) from error
    found = table.model_dump()  # type: ignore[attr-defined]  # the model is made at run time
    limits = [
        _limit(name, value)
        for section in Section
        for name, value in found[section.value].items()
        if value is not None
    ]
    limits += [
        Limit(name=name, value=value, layer=layer)
        for layer, entries in found["layers"].items()
        for name, value in entries.items()
        if value is not None
    ]
    shares = found[COMPRESSION].items()
    return Budget(
        limits=tuple(limits),
        shares=tuple(Share(name=name, value=value) for name, value in shares if value is not None),
        chip=found["chip"],
        estimate=found["estimate"],
        strict=found["strict"],
    )


def _limit(name: str, value: str | float) -> Limit:
    if name not in PER_CORE:
        return Limit(name=name, value=float(value))
    if isinstance(value, float):
        return Limit(name=name, value=value, per_core=True)
    percent = amount(value.rstrip().removesuffix("%"), "1")
    return Limit(name=name, value=percent / 100, per_core=True, share=True)


def _mistake(found: ErrorDetails) -> str:
    path = [str(part) for part in found["loc"]]
    where = ".".join(path)
    if found["type"] == "extra_forbidden":
        return f"{where}: no such name{_hint(path, found['input'])}"
    message = found["msg"].removeprefix("Value error, ").replace("Input should be", "expected")
    if isinstance(found["input"], dict | list):
        return f"{where}: {message}"
    return f"{where}: {found['input']!r}: {message}"


def _hint(path: list[str], value: object) -> str:
    *tables, name = path
    other = as_registered(name, value)
    if other is not None:
        return f"; write {other[1]} in [budget.{_section(other[0])}]"
    section = _section(name)
    if section is not None and tables != ["budget", section]:
        return f" here; it stands in [budget.{section}]"
    known = _known(tables)
    close = difflib.get_close_matches(name, known, n=1) or _elsewhere(name)
    return f"; did you mean {close[0]}?" if close else f"; known are {', '.join(known)}"


def _section(name: str) -> str | None:
    if name in PER_CORE:
        return Section.RESOURCES.value
    return section_of(name).value if name in REGISTRY else None


def _known(tables: list[str]) -> list[str]:
    from neurodeploy.regression.budget_schema import BudgetTable, LayerLimits

    model: type[BaseModel] = BudgetTable
    match tables:
        case []:
            return ["budget", "schema"]
        case ["budget", "layers", _]:
            model = LayerLimits
        case ["budget", section]:
            kind = BudgetTable.model_fields[section].annotation
            assert isinstance(kind, type)
            assert issubclass(kind, BaseModel)
            model = kind
    return list(model.model_fields)


def _elsewhere(name: str) -> list[str]:
    close = difflib.get_close_matches(name, REGISTRY, n=1)
    return [f"{close[0]} in [budget.{section_of(close[0]).value}]"] if close else []
