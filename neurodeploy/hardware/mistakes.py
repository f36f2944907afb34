"""What is wrong with a chip's page, one line a mistake, each with its path."""

import difflib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from neurodeploy.hardware.chip_schema import Chip


def mistakes(path: Path, error: ValidationError) -> list[str]:
    """Return the mistakes in the order of the page's form; a misspelt key with the nearest one."""
    return [_line(path, mistake) for mistake in error.errors(include_url=False)]


def _line(path: Path, mistake: Any) -> str:
    where = ".".join(str(part) for part in mistake["loc"]) or "the page"
    message = mistake["msg"].removeprefix("Value error, ")
    if mistake["type"] == "extra_forbidden":
        return f"{path}: {where}: there is no such key{_nearest(mistake['loc'])}"
    plain = not isinstance(mistake["input"], dict | list)
    found = f", found {mistake['input']!r}" if plain else ""
    return f"{path}: {where}: {message}{found}"


def _nearest(location: tuple[int | str, ...]) -> str:
    """Return the keys that may stand there, the one most like what was written first."""
    table = _table_at(location[:-1])
    if table is None:
        return ""
    keys = [field.alias or name for name, field in table.model_fields.items()]
    close = difflib.get_close_matches(str(location[-1]), keys, n=1)
    return f"; did you mean {close[0]!r}?" if close else f"; known are {', '.join(keys)}"


def _table_at(location: tuple[int | str, ...]) -> type[BaseModel] | None:
    table: type[BaseModel] | None = Chip
    for part in location:
        if isinstance(part, int):
            continue
        field = None if table is None else table.model_fields.get(part)
        table = None if field is None else next(_tables(field.annotation), None)
    return table


def _tables(annotation: Any) -> Iterator[type[BaseModel]]:
    """Yield the models that an annotation allows, through lists and options."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in get_args(annotation):
        yield from _tables(argument)
