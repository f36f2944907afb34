"""Read protocols: TOML of the form of `Protocol`, by a name that ships or by a path."""

import json
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from neurodeploy.audits.attacks.protocol import Protocol
from neurodeploy.errors import InputError
from neurodeploy.storage.toml_file import read_toml

SHIPPED = Path(__file__).parent / "protocols"


def read_protocol(name_or_path: str | Path) -> Protocol:
    """Return the protocol of that name, or the one in the file at that path.

    Raises
    ------
    InputError
        If there is none, it cannot be read or is no TOML (ND2853), or has not the form of a
        protocol (ND2854, every mistake with its path).
    """
    path = _path(str(name_or_path))
    return protocol_of(read_toml(path, "ND2853"), str(path))


def protocol_of(data: dict[str, Any], where: str) -> Protocol:
    """Return the protocol that the parsed file `data` holds; raises as `read_protocol` does."""
    try:
        return _ADAPTER.validate_json(json.dumps(data, default=str))
    except ValidationError as error:
        found = [_mistake(where, one) for one in error.errors(include_url=False)]
        raise InputError("ND2854", *found) from error


def shipped_protocols() -> tuple[str, ...]:
    """Return the names of the protocols that come with neurodeploy."""
    return tuple(sorted(path.stem for path in SHIPPED.glob("*.toml")))


def schema_text() -> str:
    """Return the JSON schema of a protocol's file."""
    return json.dumps(_ADAPTER.json_schema(), indent=1, sort_keys=True) + "\n"


def _path(name: str) -> Path:
    if name in shipped_protocols():
        return SHIPPED / f"{name}.toml"
    if name.endswith(".toml"):
        return Path(name)
    known = ", ".join(shipped_protocols())
    raise InputError(
        "ND2853",
        f"no protocol is called {name!r}; known are {known}; for one of your own give the path of "
        "its .toml file",
    )


def _mistake(where: str, found: Any) -> str:
    place = ".".join(str(part) for part in found["loc"]) or "the file"
    if found["type"] in ("extra_forbidden", "unexpected_keyword_argument"):
        return f"{where}: {place}: there is no such key"
    if found["type"] in ("missing", "missing_keyword_only_argument"):
        return f"{where}: {place}: missing"
    if found["type"] == "union_tag_invalid":
        context = found["ctx"]
        known = context["expected_tags"].replace("'", "")
        return f"{where}: {place}: no method is called {context['tag']!r}; known are {known}"
    message = found["msg"].removeprefix("Value error, ").replace("Input should be", "expected")
    plain = not isinstance(found["input"], dict | list)
    return f"{where}: {place}: {message}" + (f", found {found['input']!r}" if plain else "")


_ADAPTER = TypeAdapter(Protocol)
