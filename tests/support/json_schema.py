"""Enough of JSON schema to hold a page against the one we publish."""

from collections.abc import Iterator
from typing import Any

_TYPES: dict[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "boolean": (bool,),
    "integer": (int,),
    "number": (int, float),
    "null": (type(None),),
}
_KNOWN = {
    *("$ref", "$defs", "$schema", "anyOf", "type", "properties", "required", "enum", "const"),
    *("additionalProperties", "items", "minItems", "minimum", "minLength"),
    *("title", "description", "default"),
}


def against(schema: dict[str, Any], value: Any, root: dict[str, Any], path: str) -> Iterator[str]:
    """Yield what of `value` the schema refuses; a keyword that is not known here is an error."""
    assert set(schema) <= _KNOWN, set(schema) - _KNOWN
    if "$ref" in schema:
        yield from against(root["$defs"][schema["$ref"].rsplit("/", 1)[1]], value, root, path)
    if "anyOf" in schema and all(list(against(s, value, root, path)) for s in schema["anyOf"]):
        yield f"{path}: none of several"
    if "type" in schema:
        allowed = _TYPES[schema["type"]]
        is_bool = isinstance(value, bool) and bool not in allowed
        if not isinstance(value, allowed) or is_bool:
            yield f"{path}: no {schema['type']}"
            return
    if "enum" in schema and value not in schema["enum"]:
        yield f"{path}: {value!r} is not allowed"
    if "const" in schema and value != schema["const"]:
        yield f"{path}: {value!r} is not {schema['const']!r}"
    if value is not None and "minimum" in schema and value < schema["minimum"]:
        yield f"{path}: below {schema['minimum']}"
    if len(value if isinstance(value, list | str) else "") < schema.get("minItems", 0):
        yield f"{path}: too short"
    if isinstance(value, dict):
        yield from _object(schema, value, root, path)
    if isinstance(value, list) and "items" in schema:
        for k, item in enumerate(value):
            yield from against(schema["items"], item, root, f"{path}.{k}")


def _object(
    schema: dict[str, Any], value: dict[str, Any], root: dict[str, Any], path: str
) -> Iterator[str]:
    properties, more = schema.get("properties", {}), schema.get("additionalProperties", True)
    yield from (
        f"{path}.{name}: missing" for name in schema.get("required", ()) if name not in value
    )
    for name, item in value.items():
        if name in properties:
            yield from against(properties[name], item, root, f"{path}.{name}")
        elif more is False:
            yield f"{path}.{name}: no such key"
        elif isinstance(more, dict):
            yield from against(more, item, root, f"{path}.{name}")
