"""Frozen dataclasses as JSON text plus named arrays, and back by their type hints.

A dataclass becomes an object of its fields; where a field allows several dataclasses the object
names its ``type``. An array becomes ``{"array": key}``, the key being its path. Nothing is pickled.

A field that came later (`ADDED`) is left out where it holds None, so that what does without it
keeps its form and its digest, and files from before can be read.
"""

import dataclasses
import hashlib
import json
import types
import typing
from collections.abc import Mapping
from enum import StrEnum
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neurodeploy.errors import InputError

T = typing.TypeVar("T")
Arrays = dict[str, NDArray[Any]]

ADDED = types.MappingProxyType({"added": True})
"""Metadata of a field that came later; its default is None."""


def encode(noun: object) -> tuple[Any, Arrays]:
    """Return the JSON-able form of `noun` and the arrays it refers to, by path."""
    arrays: Arrays = {}
    return _encode(noun, "", arrays), arrays


def decode(cls: type[T], data: Any, arrays: Mapping[str, NDArray[Any]], where: str) -> T:
    """Return the `cls` that `encode` took apart.

    Raises
    ------
    InputError
        If `data` does not have the form of `cls` (ND2402); the message names the path.
    """
    try:
        return typing.cast(T, _decode(cls, data, arrays, ""))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise InputError("ND2402", f"{where}: not a valid {cls.__name__} ({error})") from error


def digest(noun: object) -> str:
    """Return ``sha256:`` and the hexadecimal digest of the content of `noun`."""
    data, arrays = encode(noun)
    fingerprints = {key: _fingerprint(array) for key, array in arrays.items()}
    text = json.dumps([data, fingerprints], sort_keys=True, separators=(",", ":"))
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()


def _fingerprint(array: NDArray[Any]) -> str:
    content = hashlib.sha256(np.ascontiguousarray(array).tobytes()).hexdigest()
    return f"{array.dtype.str}{array.shape}{content}"


def _encode(value: object, path: str, arrays: Arrays) -> Any:
    if isinstance(value, np.ndarray):
        arrays[path] = value
        return {"array": path}
    if dataclasses.is_dataclass(value):
        fields = {
            field.name: _encode(getattr(value, field.name), _join(path, field.name), arrays)
            for field in dataclasses.fields(value)
            if not (field.metadata == ADDED and getattr(value, field.name) is None)
        }
        return {"type": type(value).__name__, **fields}
    if isinstance(value, Mapping):
        return {str(key): _encode(value[key], _join(path, str(key)), arrays) for key in value}
    if isinstance(value, tuple | list):
        return [_encode(item, _join(path, str(i)), arrays) for i, item in enumerate(value)]
    if isinstance(value, StrEnum):
        return value.value
    if value is None or isinstance(value, bool | int | float | str):
        return value
    raise TypeError(f"{path}: {type(value).__name__} has no JSON form")


def _join(path: str, name: str) -> str:
    return f"{path}/{name}" if path else name


def _decode(hint: Any, data: Any, arrays: Mapping[str, NDArray[Any]], path: str) -> Any:
    hint = _meant(hint)
    origin = typing.get_origin(hint)
    arguments = typing.get_args(hint)
    if origin in (types.UnionType, typing.Union):
        return _decode(_choose(arguments, data, path), data, arrays, path)
    if origin is np.ndarray or hint is np.ndarray:
        return arrays[data["array"]]
    if origin is tuple:
        return _decode_tuple(arguments, data, arrays, path)
    if origin is not None and issubclass(origin, Mapping):
        return {
            key: _decode(arguments[1], item, arrays, _join(path, key)) for key, item in data.items()
        }
    if dataclasses.is_dataclass(hint):
        return _decode_dataclass(typing.cast(type, hint), data, arrays, path)
    if origin is typing.Literal:
        if data not in arguments:
            raise ValueError(f"{path}: {data!r} is none of {arguments}")
        return data
    if hint is float and isinstance(data, int) and not isinstance(data, bool):
        return float(data)
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return hint(data)
    if hint is Any or (isinstance(data, hint) and not (hint is int and isinstance(data, bool))):
        return data
    raise TypeError(f"{path}: found {data!r}, expected {getattr(hint, '__name__', hint)}")


def _meant(hint: Any) -> Any:
    """Return what a type alias stands for; from Python 3.12 on, numpy 2.5's NDArray is one."""
    return getattr(hint, "__value__", hint)


def _decode_tuple(
    arguments: tuple[Any, ...], data: Any, arrays: Mapping[str, NDArray[Any]], path: str
) -> tuple[Any, ...]:
    if not isinstance(data, list):
        raise TypeError(f"{path}: found {data!r}, expected a list")
    if len(arguments) == 2 and arguments[1] is Ellipsis:
        arguments = (arguments[0],) * len(data)
    if len(arguments) != len(data):
        raise ValueError(f"{path}: found {len(data)} items, expected {len(arguments)}")
    return tuple(
        _decode(hint, item, arrays, _join(path, str(i)))
        for i, (hint, item) in enumerate(zip(arguments, data, strict=True))
    )


def _decode_dataclass(cls: type, data: Any, arrays: Mapping[str, NDArray[Any]], path: str) -> Any:
    if not isinstance(data, dict) or data.get("type") != cls.__name__:
        raise TypeError(f"{path}: expected a {cls.__name__}, found {str(data)[:60]!r}")
    hints = _hints(cls)
    unknown = sorted(set(data) - set(hints) - {"type"})
    if unknown:
        raise ValueError(f"{path}: unknown keys {', '.join(unknown)}")
    return cls(
        **{
            name: _decode(hints[name], item, arrays, _join(path, name))
            for name, item in data.items()
            if name != "type"
        }
    )


@lru_cache
def _hints(cls: type) -> dict[str, Any]:
    fields = {field.name for field in dataclasses.fields(cls) if field.init}
    return {name: hint for name, hint in typing.get_type_hints(cls).items() if name in fields}


def _choose(options: tuple[Any, ...], data: Any, path: str) -> Any:
    if data is None and types.NoneType in options:
        return Any
    for option in map(_meant, options):
        if dataclasses.is_dataclass(option):
            matches = isinstance(data, dict) and data.get("type") == option.__name__  # type: ignore[union-attr]  # a dataclass type has a name
        elif typing.get_origin(option) is np.ndarray:
            matches = isinstance(data, dict) and "array" in data
        else:
            plain = typing.get_origin(option) or option
            matches = isinstance(data, list if plain is tuple else plain)
        if matches:
            return option
    raise TypeError(f"{path}: found {str(data)[:60]!r}, expected one of {options}")
