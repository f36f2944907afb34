"""Objects that a user names as ``package.module:name``."""

import importlib
import inspect
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from neurodeploy.errors import InputError


def named(spec: str, code: str) -> object:
    """Return what ``package.module:name`` names; the current folder can be imported from.

    Errors inside the named code keep their own traceback.

    Raises
    ------
    InputError
        If `spec` names nothing, with `code`.
    """
    where, _, name = spec.partition(":")
    if not where or not name:
        raise InputError(code, f"{spec!r} is not of the form package.module:factory")
    try:
        with current_folder_importable():
            found: object = importlib.import_module(where)
    except ImportError as error:
        raise InputError(
            code, f"{spec!r}: {where} cannot be imported from here ({error})"
        ) from error
    for part in name.split("."):
        if not hasattr(found, part):
            raise InputError(code, f"{spec!r}: {where} has no {name!r}")
        found = getattr(found, part)
    return found


def called(spec: str, found: object, code: str) -> object:
    """Return what the callable `found` gives without arguments.

    Raises
    ------
    InputError
        If it is no callable or needs arguments, with `code`.
    """
    if not callable(found):
        raise InputError(
            code, f"{spec!r} is of type {type(found).__name__}, which cannot be called"
        )
    required = [p.name for p in inspect.signature(found).parameters.values() if _required(p)]
    if required:
        raise InputError(
            code, f"{spec!r} needs the arguments {', '.join(required)}; name a factory without any"
        )
    with current_folder_importable():
        given: object = found()
    return given


@contextmanager
def current_folder_importable() -> Iterator[None]:
    """Let the current folder be imported from."""
    here = os.getcwd()
    sys.path.insert(0, here)
    try:
        yield
    finally:
        sys.path.remove(here)


def _required(parameter: inspect.Parameter) -> bool:
    several = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    return parameter.default is inspect.Parameter.empty and parameter.kind not in several
