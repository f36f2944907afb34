"""The part of an ONNX graph that its outputs depend on, every node with a name of its own."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import onnx
from numpy.typing import NDArray

from neurodeploy.frontends.onnx.limits import check_real, check_size
from neurodeploy.frontends.onnx.node import Node, name_of, plain
from neurodeploy.frontends.onnx.proto import OLDEST_OPSET, opset_of
from neurodeploy.model import Input

Shape = tuple[int, ...]

OPEN_BATCH = 13
"""What an open batch axis is taken to be in the file's own arithmetic; no layer is likely to be."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Graph:
    """Nodes in order, constants by name, and how often the content of each value is used.

    `sizes` are the input's axes with the batch's, 0 where open, or None if not declared.
    """

    nodes: tuple[Node, ...]
    constants: Mapping[str, NDArray[Any]]
    uses: Counter[str]
    input_name: str
    sizes: Shape | None
    outputs: tuple[str, ...]


def graph_of(model: onnx.ModelProto) -> Graph:
    """Return what the outputs of `model` depend on.

    Raises
    ------
    ValueError
        If its form is not read, or a constant is damaged.
    """
    graph, opset = model.graph, opset_of(model)
    if opset < OLDEST_OPSET:
        raise ValueError(
            f"uses opset {opset}, {OLDEST_OPSET} and later are read; convert it with "
            "onnx.version_converter"
        )
    if graph.sparse_initializer:
        raise ValueError("has sparse weights, which are not read; export them dense")
    outputs = tuple(output.name for output in graph.output)
    live = _live(graph, set(outputs))
    uses = Counter(name for node in live if node.op_type != "Shape" for name in node.input)
    uses.update(outputs)
    constants = _constants(graph, outputs, live)
    stored = {tensor.name for tensor in graph.initializer}
    inputs = [entry for entry in graph.input if entry.name not in stored]
    if len(inputs) != 1:
        names = ", ".join(repr(entry.name) for entry in inputs) or "none"
        raise ValueError(f"has {len(inputs)} inputs ({names}), one is read")
    return Graph(
        nodes=_labelled(live, uses, set(outputs), plain(inputs[0].name)),
        constants=constants,
        uses=uses,
        input_name=inputs[0].name,
        sizes=_sizes(inputs[0]),
        outputs=outputs,
    )


def input_of(graph: Graph, shape: Shape | None) -> tuple[Input, int]:
    """Return the Input and the size of the batch; `shape` is what the user says of a sample.

    Raises
    ------
    ValueError
        If the file leaves the shape open and the user does, or they differ.
    """
    name, sizes = graph.input_name, graph.sizes
    declared = "undeclared" if sizes is None else f"({', '.join(str(n or '?') for n in sizes)})"
    where = f"input {name!r} has shape {declared}"
    if sizes is not None and len(sizes) < 2:
        raise ValueError(f"{where}, expected the batch and then the axes of a sample")
    if shape is None:
        if sizes is None or 0 in sizes[1:]:
            raise ValueError(f"{where}; give the shape of one sample, e.g. --input-shape 1,28,28")
        shape = sizes[1:]
    known = sizes is None or (
        len(sizes) == len(shape) + 1
        and all(n in (0, m) for n, m in zip(sizes[1:], shape, strict=True))
    )
    if not known or not shape or min(shape) < 1:
        raise ValueError(f"{where}, which takes no samples of shape {shape}")
    check_size(shape)
    return Input(name=plain(name), shape=shape), (sizes[0] if sizes else 0) or OPEN_BATCH


def _live(graph: onnx.GraphProto, needed: set[str]) -> list[onnx.NodeProto]:
    needed = set(needed)
    live = []
    for node in reversed(graph.node):
        if needed & set(node.output):
            needed.update(filter(None, node.input))
            live.append(node)
    return live[::-1]


def _constants(
    graph: onnx.GraphProto, outputs: tuple[str, ...], live: list[onnx.NodeProto]
) -> dict[str, NDArray[Any]]:
    needed = {*outputs, *(name for node in live for name in node.input)}
    constants = {}
    for tensor in graph.initializer:
        if tensor.name not in needed:
            continue
        try:
            if any(size < 0 for size in tensor.dims):
                raise ValueError(f"its shape is {tuple(tensor.dims)}")
            constants[tensor.name] = onnx.numpy_helper.to_array(tensor)
            check_real(constants[tensor.name])
        except (ValueError, TypeError, KeyError, OverflowError) as error:
            raise ValueError(f"tensor {tensor.name!r} cannot be read: {error}") from error
    return constants


def _labelled(
    nodes: list[onnx.NodeProto], uses: Counter[str], outputs: set[str], entry: str
) -> tuple[Node, ...]:
    taken = {entry}
    labelled = []
    for proto in nodes:
        name = label = plain(name_of(proto))
        number = 1
        while label in taken:
            number += 1
            label = f"{name}_{number}"
        taken.add(label)
        first = proto.output[0]
        labelled.append(
            Node(label=label, proto=proto, n_uses=uses[first], is_output=first in outputs)
        )
    return tuple(labelled)


def _sizes(entry: onnx.ValueInfoProto) -> Shape | None:
    axes = entry.type.tensor_type.shape.dim
    return tuple(max(0, int(axis.dim_value)) for axis in axes) or None
