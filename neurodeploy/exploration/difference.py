"""What differs between two nouns of one kind, leaf by leaf, in words."""

import dataclasses
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from neurodeploy.deployment.deployment import Deployment
from neurodeploy.hardware import Hardware, Quantity

_SIDE = frozenset({"history", "where", "source", "sources", "evidence", "provenance", "title"})
"""Fields that say where something came from, and not what it is."""


def deployment_differences(before: Deployment, after: Deployment) -> tuple[str, ...]:
    """Return how chips, placements and networks of two deployments differ.

    Networks are compared as float models where both have one, in which a threshold is a threshold;
    in integers it can hide in the scale of the weights.
    """
    lines = []
    if before.hardware.digest != after.hardware.digest:
        lines += _chips(before.hardware, after.hardware)
    if before.placement.digest != after.placement.digest:
        lines.append(f"placement: {_placed(before)} against {_placed(after)}")
    if before.model is None or after.model is None:
        return (*lines, *differences(before.program, after.program))
    lines += differences(before.model, after.model)
    if before.model.digest == after.model.digest and before.program.digest != after.program.digest:
        lines += [f"integers: {line}" for line in differences(before.program, after.program)]
    return tuple(lines)


def differences(before: object, after: object) -> Iterator[str]:
    """Yield one line for each leaf that differs, with its path, the old and the new value."""
    old, new = dict(_leaves(before, "")), dict(_leaves(after, ""))
    for path in {**old, **new}:
        if path not in new:
            yield f"{path}: {_said(old[path])} against nothing"
        elif path not in old:
            yield f"{path}: nothing against {_said(new[path])}"
        elif not _equal(old[path], new[path]):
            yield f"{path}: {_said(old[path])} against {_said(new[path])}"


def _chips(before: Hardware, after: Hardware) -> list[str]:
    """Return the figures that differ on two pages of one chip; of two chips the names alone."""
    if before.name != after.name:
        return [f"chip: {before.name} against {after.name}; `neurodeploy chips show` has the pages"]
    return [f"{before.name}: {line}" for line in differences(before, after)]


def _leaves(noun: object, path: str) -> Iterator[tuple[str, object]]:
    match noun:
        case Quantity():
            yield path, (noun.low, noun.value, noun.high, noun.unit)
        case _ if dataclasses.is_dataclass(noun):
            for field in dataclasses.fields(noun):
                if field.name not in _SIDE:
                    inner = f"{path}.{field.name}".lstrip(".")
                    yield from _leaves(getattr(noun, field.name), inner)
        case dict():
            for key, value in noun.items():
                yield from _leaves(value, f"{path}.{key}")
        case tuple() | list() if any(dataclasses.is_dataclass(part) for part in noun):
            for k, part in enumerate(noun):
                yield from _leaves(part, f"{path}[{_name(part, k)}]")
        case _:
            yield path, noun


def _name(part: object, k: int) -> str:
    """Return what a list's element calls itself, else its number."""
    names = [f.name for f in dataclasses.fields(part)] if dataclasses.is_dataclass(part) else []
    return str(getattr(part, "name", k)) if "name" in names else str(k)


def _equal(old: object, new: object) -> bool:
    if isinstance(old, np.ndarray) or isinstance(new, np.ndarray):
        return bool(np.array_equal(np.asarray(old), np.asarray(new)))
    return old == new


def _said(value: object) -> str:
    match value:
        case np.ndarray():
            return _array(value)
        case (_, None, _, str()):
            return "unknown"
        case (low, middle, high, str() as unit):
            return f"{middle:g} {unit} ({low:g} to {high:g})"
    return str(value)


def _array(values: NDArray[np.generic]) -> str:
    if not values.size:
        return "an empty array"
    low, high = values.min(), values.max()
    if low == high:
        return f"{low:g}"
    return (
        f"{np.count_nonzero(values):,} of {values.size:,} values not 0 "
        f"({low:.4g} to {high:.4g}, mean {values.mean():.4g})"
    )


def _placed(deployment: Deployment) -> str:
    placement = deployment.placement
    return f"{placement.strategy} on {placement.n_cores} cores"
