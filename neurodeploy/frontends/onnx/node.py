"""One operator of an ONNX graph with its attributes, and what flows into it."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import onnx
from numpy.typing import ArrayLike, NDArray

from neurodeploy.frontends.onnx.signal import Signal

Array = NDArray[Any]
Value = Signal | Array | None
"""None is what could not be made out; its own problem is noted already."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Node:
    """An operator; `label` is what becomes of it is called, and nobody else's.

    `values` are what its inputs hold, `n_uses` says how often its first output is taken.
    """

    label: str
    proto: onnx.NodeProto
    values: tuple[Value, ...] = ()
    n_uses: int = 1
    is_output: bool = False

    @property
    def op(self) -> str:
        """Its operator, with the domain unless it is a standard one."""
        domain, op = self.proto.domain, self.proto.op_type
        return op if domain in ("", "ai.onnx") else f"{domain}.{op}"

    @property
    def where(self) -> str:
        """How messages name it: as the file does."""
        return f"node {name_of(self.proto)!r} ({self.op})"

    def signal(self, index: int = 0) -> Signal:
        """Return the input `index`; ValueError if it does not depend on the network's input."""
        value = self.values[index] if index < len(self.values) else None
        if not isinstance(value, Signal):
            raise ValueError(f"has a constant as input {index}, expected values of the network")
        return value

    def constant(self, index: int) -> Array | None:
        """Return the input `index`, None where it is left out; ValueError if it is not constant."""
        value = self.values[index] if index < len(self.values) else None
        if isinstance(value, Signal):
            raise ValueError(f"has an input {index} that is not constant")
        return value

    def needed(self, index: int) -> Array:
        """Return the constant input `index`; ValueError if it is left out or not constant."""
        value = self.constant(index)
        if value is None:
            raise ValueError(f"lacks its input {index}")
        return value

    def integers(self, name: str, default: tuple[int, ...]) -> tuple[int, ...]:
        """Return an attribute that is a list of integers."""
        value = self._attribute(name)
        return default if value is None else tuple(int(item) for item in value)

    def integer(self, name: str, default: int) -> int:
        """Return an attribute that is an integer."""
        value = self._attribute(name)
        return default if value is None else int(value)

    def real(self, name: str, default: float) -> float:
        """Return an attribute that is a float."""
        value = self._attribute(name)
        return default if value is None else float(value)

    def text(self, name: str, default: str) -> str:
        """Return an attribute that is a string."""
        value = self._attribute(name)
        return default if value is None else bytes(value).decode("utf-8", "replace")

    def axes(self, index: int, rank: int) -> tuple[int, ...] | None:
        """Return the axes in the attribute ``axes`` or the input `index`, counted from 0."""
        given = self._attribute("axes")
        given = self.constant(index) if given is None else given
        if given is None:
            return None
        axes = whole_numbers(given)
        if any(not -rank <= axis < rank for axis in axes):
            raise ValueError(f"has axes {axes}, its input has {rank}")
        return tuple(sorted(axis % rank for axis in axes))

    def _attribute(self, name: str) -> Any:
        for attribute in self.proto.attribute:
            if attribute.name == name:
                return onnx.helper.get_attribute_value(attribute)
        return None


def whole_numbers(values: ArrayLike) -> list[int]:
    """Return axes, sizes or pads as integers; ValueError where they are anything else."""
    array = np.ravel(np.asarray(values))
    if array.size and array.dtype.kind not in "iu":
        raise ValueError(f"has axes, sizes or pads of type {array.dtype}, integers are needed")
    return [int(number) for number in array]


def name_of(proto: onnx.NodeProto) -> str:
    """Return the name of a node, or of its first output where it has none."""
    return proto.name or next(filter(None, proto.output), "")


def plain(name: str) -> str:
    """Return `name` with points for slashes, which are paths in files: ``layer1.0.conv``."""
    return name.strip("/").replace("/", ".") or name
