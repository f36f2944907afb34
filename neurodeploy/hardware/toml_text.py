"""Write a chip's page as TOML: tables, lists of tables, and one line for every figure."""

import json
from collections.abc import Iterator, Mapping


def toml_text(page: Mapping[str, object]) -> str:
    """Return `page`, as `tomllib` reads one, as text; comments are not part of it.

    A table in a table is written on one line, but where it holds tables or is a list.
    """
    plain = {key: value for key, value in page.items() if not _is_tables(value)}
    lines = [*_entries(plain)]
    for key, value in page.items():
        if isinstance(value, Mapping):
            lines += ["", f"[{_key(key)}]", *_entries(value)]
        elif _is_tables(value):
            assert isinstance(value, list)
            for table in value:
                lines += ["", f"[[{_key(key)}]]", *_entries(table)]
    return "\n".join(lines) + "\n"


def _is_tables(value: object) -> bool:
    is_list = isinstance(value, list) and value and all(isinstance(v, Mapping) for v in value)
    return isinstance(value, Mapping) or bool(is_list)


def _entries(table: Mapping[str, object]) -> Iterator[str]:
    for key, value in table.items():
        yield f"{_key(key)} = {_value(value)}"


def _key(key: str) -> str:
    bare = key.replace("-", "").replace("_", "").isalnum() and key.isascii()
    return key if bare else _quoted(key)


def _quoted(text: str) -> str:
    """Return a basic string: JSON's escapes are TOML's, but for DEL, which JSON leaves as it is."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007F")


def _value(value: object) -> str:
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{_key(key)} = {_value(v)}" for key, v in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(_value, value)) + "]"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return _quoted(value)
    if isinstance(value, int | float):
        return repr(value)
    raise TypeError(f"{type(value).__name__} has no TOML form here")
