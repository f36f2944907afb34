"""Open an ONNX file (protobuf, opset 7 and later) and the files its weights lie in, and check it.

Weights outside the file are read from the model's own folder only.
"""

from collections.abc import Iterator
from pathlib import Path

import onnx
from google.protobuf.message import DecodeError
from onnx.external_data_helper import (
    ExternalDataInfo,
    load_external_data_for_model,
    uses_external_data,
)

from neurodeploy.errors import InputError

_WHILE_READING = (onnx.checker.ValidationError, OSError, ValueError, RuntimeError, MemoryError)

OLDEST_OPSET = 7
"""Before it, Add and Mul broadcast by attributes of their own."""


def read_proto(path: Path) -> onnx.ModelProto:
    """Return the checked content of `path`, with all weights in it.

    Raises
    ------
    InputError
        If it is missing, not ONNX, damaged, invalid, or refers to files elsewhere (ND2210).
    """
    if not path.is_file():
        raise InputError("ND2210", f"{path}: no such file")
    try:
        model = onnx.load_model_from_string(path.read_bytes())
    except (DecodeError, OSError, MemoryError) as error:
        raise InputError("ND2210", f"{path}: not an ONNX file ({_in_a_line(error)})") from error
    if not model.graph.node:
        raise InputError("ND2210", f"{path}: not an ONNX file, or one without layers")
    if not all(isinstance(name, str) for name in _names(model)):
        raise InputError("ND2210", f"{path}: not a valid ONNX file: a name in it is not UTF-8")
    outside = [line for tensor in _tensors(model) for line in _outside(path, tensor)]
    if outside:
        raise InputError("ND2210", *(f"{path}: {line}" for line in outside))
    try:
        load_external_data_for_model(model, str(path.parent))
        _declare_shapes(model.graph)
        onnx.checker.check_model(model)
    except _WHILE_READING as error:
        raise InputError("ND2210", f"{path}: not a valid ONNX file: {_in_a_line(error)}") from error
    return model


def lies_in_one_file(path: Path) -> bool:
    """Return whether all weights of a file that `read_proto` accepts lie in it."""
    model = onnx.load_model_from_string(path.read_bytes())
    return not any(map(uses_external_data, _tensors(model)))


def opset_of(model: onnx.ModelProto) -> int:
    """Return the version of the standard operators that `model` uses."""
    return max(entry.version for entry in model.opset_import if entry.domain in ("", "ai.onnx"))


def _declare_shapes(graph: onnx.GraphProto) -> None:
    """Give inputs and outputs without a shape an empty one: the checker insists on it."""
    for entry in (*graph.input, *graph.output):
        if entry.type.HasField("tensor_type"):
            entry.type.tensor_type.shape.SetInParent()


def _names(model: onnx.ModelProto) -> Iterator[object]:
    """Yield every name that is used; protobuf leaves one that is not UTF-8 as bytes."""
    graph = model.graph
    yield from (model.producer_name, model.producer_version)
    for entry in (*graph.input, *graph.output, *_tensors(model)):
        yield entry.name
    for node in graph.node:
        yield from (node.name, node.op_type, node.domain, *node.input, *node.output)
        yield from (attribute.name for attribute in node.attribute)


def _tensors(model: onnx.ModelProto) -> Iterator[onnx.TensorProto]:
    yield from model.graph.initializer
    for node in model.graph.node:
        for attribute in node.attribute:
            yield from (attribute.t, *attribute.tensors)


def _outside(path: Path, tensor: onnx.TensorProto) -> Iterator[str]:
    """Yield a line if the values of `tensor` lie in a file that must not be opened."""
    if not uses_external_data(tensor):
        return
    try:
        location = ExternalDataInfo(tensor).location
        folder = path.parent.resolve()
        inside = (folder / location).resolve().is_relative_to(folder)
    except (ValueError, OSError, TypeError) as error:
        yield f"tensor {tensor.name!r} lies in a file that cannot be found ({_in_a_line(error)})"
        return
    if not inside:
        yield (
            f"tensor {tensor.name!r} lies in {location!r}, outside the model's folder; "
            "only files beside the model are read"
        )


def _in_a_line(error: BaseException) -> str:
    return " ".join(str(error).split())[:300] or type(error).__name__
