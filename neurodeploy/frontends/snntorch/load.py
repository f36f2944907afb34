"""Load a module by the name of its factory, and its weights without unpickling code."""

import pickle
from pathlib import Path

import torch
from torch import nn

from neurodeploy.errors import InputError
from neurodeploy.frontends.named import called, named


def load_module(spec: str, weights: Path | None = None) -> nn.Module:
    """Return the module that ``package.module:factory`` names, with the state dict in `weights`.

    A factory is called without arguments; a module object is taken as it is. The current folder
    can be imported from. Errors inside the named code keep their own traceback.

    Raises
    ------
    InputError
        If `spec` names no module (ND2202), or the weights cannot be used (ND2203).
    """
    module = _made(spec)
    if weights is not None:
        _load_weights(module, weights)
    return module


def _made(spec: str) -> nn.Module:
    found = named(spec, "ND2202")
    if not isinstance(found, nn.Module) and callable(found):
        found = called(spec, found, "ND2202")
    if not isinstance(found, nn.Module):
        raise InputError(
            "ND2202", f"{spec!r} gives a {type(found).__name__}, expected a torch.nn.Module"
        )
    return found


def _load_weights(module: nn.Module, path: Path) -> None:
    if not path.is_file():
        raise InputError("ND2203", f"{path}: no such file")
    try:
        state = torch.load(path, map_location="cpu", weights_only=True)
    except (pickle.UnpicklingError, RuntimeError, EOFError, OSError, ValueError) as error:
        raise InputError(
            "ND2203",
            f"{path}: not a state dict that torch reads with weights_only=True; save it with "
            "torch.save(module.state_dict(), ...)",
        ) from error
    if not isinstance(state, dict):
        raise InputError("ND2203", f"{path}: holds a {type(state).__name__}, expected a state dict")
    try:
        result = module.load_state_dict(state, strict=False)
    except RuntimeError as error:
        raise InputError("ND2203", *(f"{path}: {line}" for line in _mismatches(error))) from error
    problems = [f"{path}: lacks {key}" for key in result.missing_keys]
    problems += [f"{path}: has {key}, which the module lacks" for key in result.unexpected_keys]
    if problems:
        raise InputError("ND2203", *problems)


def _mismatches(error: RuntimeError) -> list[str]:
    lines = [line.strip() for line in str(error).splitlines()]
    return lines[1:] or lines
