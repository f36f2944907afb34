"""A NIR node's fields as numbers, integers and pairs; what is missing takes its usual value."""

import numpy as np
from numpy.typing import NDArray

from neurodeploy.geometry.conv import Pair
from neurodeploy.model.nir.findings import Code
from neurodeploy.model.nir.hdf5 import RawNode

Floats = NDArray[np.float64]

MAX_SIZE = 1 << 28
"""Values a population may have: what still fits into memory."""

_SHAPES = {"input_type", "output_type", "input_shape"}  # which we derive ourselves


class FieldError(ValueError):
    """Something about a node that cannot be read; `code` says what."""

    def __init__(self, code: Code, message: str) -> None:
        super().__init__(message)
        self.code = code


class Fields:
    """The fields of one node; `assumed` collects the usual values that were taken.

    Raises
    ------
    FieldError
        If a field is unknown, or none of the known holds numbers or a text.
    """

    def __init__(self, node: RawNode, *known: str) -> None:
        self.node = node
        self.assumed: dict[str, str] = {}
        unknown = sorted({*node.fields, *node.unreadable} - set(known) - _SHAPES)
        if unknown:
            raise FieldError(Code.UNKNOWN_FIELD, f"the field {', '.join(unknown)} is not read yet")
        unreadable = sorted(set(node.unreadable) & set(known))
        if unreadable:
            raise FieldError(
                Code.FIELD, f"{', '.join(unreadable)} holds neither numbers nor a text"
            )

    def numbers(self, key: str, default: float | None = None) -> Floats:
        """Return the array `key`."""
        value = self.node.fields.get(key)
        if isinstance(value, str):
            raise FieldError(Code.FIELD, f"{key} is the text {value!r}, expected numbers")
        if value is not None:
            return value
        if default is None:
            raise FieldError(Code.FIELD, f"{key} is missing")
        self.assumed[key] = f"{default:g}"
        return np.full((), default)

    def integer(self, key: str, default: int | None = None) -> int:
        """Return the integer `key`."""
        value = self.numbers(key, default)
        if value.size != 1 or not are_integers(value):
            raise FieldError(Code.FIELD, f"{key} is {value.tolist()}, expected an integer")
        return int(value.item())

    def pair(self, key: str, default: Pair | None = None) -> Pair:
        """Return the two integers `key`; one number stands for both."""
        if key not in self.node.fields and default is not None:
            self.assumed[key] = f"{default}"
            return default
        values = self.numbers(key).ravel()
        if values.size not in (1, 2) or not are_integers(values):
            raise FieldError(
                Code.FIELD, f"{key} is {values.tolist()}, expected one or two integers"
            )
        return int(values[0]), int(values[-1])

    def shape(self, key: str) -> tuple[int, ...]:
        """Return the shape `key`."""
        values = np.atleast_1d(self.numbers(key))
        if not are_integers(values) or values.min(initial=1) < 1 or values.prod() > MAX_SIZE:
            raise FieldError(
                Code.FIELD,
                f"{key} is {values.tolist()}, expected positive integers and at most {MAX_SIZE} "
                "in all",
            )
        return tuple(int(value) for value in values.ravel())

    def text(self, key: str) -> str | None:
        """Return the text `key`, or None if it is no text."""
        value = self.node.fields.get(key)
        return value if isinstance(value, str) else None


def are_integers(values: Floats) -> bool:
    """Say whether all values are finite and whole."""
    return bool(np.isfinite(values).all() and (values == np.rint(values)).all())
