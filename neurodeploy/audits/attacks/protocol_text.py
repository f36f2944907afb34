"""A protocol as the TOML it can be read from again."""

import dataclasses
from collections.abc import Iterator

from neurodeploy.audits.attacks.protocol import Protocol


def protocol_text(protocol: Protocol) -> str:
    """Return every setting, defaults included, so that nothing depends on who reads it."""
    return "\n".join(_lines(protocol)) + "\n"


def _lines(protocol: Protocol) -> Iterator[str]:
    fields = {f.name: getattr(protocol, f.name) for f in dataclasses.fields(protocol)}
    tables = {name: value for name, value in fields.items() if dataclasses.is_dataclass(value)}
    arrays = {name: value for name, value in fields.items() if _is_array(value)}
    for name, value in fields.items():
        if name not in tables and name not in arrays and value is not None:
            yield f"{name} = {_value(value)}"
    for name, table in tables.items():
        yield from ("", f"[{name}]", *_table(table))
    for name, entries in arrays.items():
        if not entries:
            continue
        for entry in entries:
            yield from ("", f"[[{name}]]", *_table(entry))


def _is_array(value: object) -> bool:
    return isinstance(value, tuple) and all(map(dataclasses.is_dataclass, value))


def _table(noun: object) -> Iterator[str]:
    assert dataclasses.is_dataclass(noun)
    for field in dataclasses.fields(noun):
        value = getattr(noun, field.name)
        if value is not None:
            yield f"{field.name} = {_value(value)}"


def _value(value: object) -> str:
    match value:
        case bool():
            return str(value).lower()
        case str():
            return f'"{value}"'  # names alone, which hold nothing to escape
        case tuple():
            return f"[{', '.join(map(_value, value))}]"
        case _:
            return repr(value)
