"""Constants: what nodes without any input of the network give, and constants beside a sample."""

from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx.reference import ReferenceEvaluator

from neurodeploy.frontends.onnx.draft import Draft
from neurodeploy.frontends.onnx.limits import MAX_VALUES, check_real, product
from neurodeploy.frontends.onnx.node import Node

Array = NDArray[Any]

# fmt: off
_ELEMENTWISE = frozenset((
    "Abs", "Add", "And", "Cast", "Ceil", "Div", "Equal", "Exp", "Floor", "Greater", "Less", "Max",
    "Min", "Mod", "Mul", "Neg", "Not", "Or", "Pow", "Reciprocal", "Sqrt", "Sub", "Where",
))
_NO_LARGER = frozenset((
    "Concat", "Constant", "Flatten", "Identity", "ReduceMax", "ReduceMin", "ReduceProd",
    "ReduceSum", "Reshape", "Shape", "Size", "Slice", "Squeeze", "Transpose", "Unsqueeze",
))
# fmt: on
FOLDED = _ELEMENTWISE | _NO_LARGER | {"ConstantOfShape", "Expand", "Gather", "Range"}
"""Operators that are computed while reading where all their inputs are constant."""

_WHILE_FOLDING = (
    ArithmeticError,
    AttributeError,
    LookupError,
    MemoryError,
    RuntimeError,
    TypeError,
    ValueError,
)


def folded(node: Node, opset: int) -> Array:
    """Return the value of `node`, whose inputs are constants, by onnx's reference evaluator.

    Raises
    ------
    ValueError
        If it cannot be computed, or is larger than a layer may be.
    """
    inputs = [value for value in node.values if isinstance(value, np.ndarray)]
    try:
        if _size(node, inputs) > MAX_VALUES:
            raise ValueError(f"would have more than {MAX_VALUES:,} values")
        with np.errstate(all="ignore"):
            result = next(iter(_evaluator(node, opset).run(None, _feeds(node))))
    except _WHILE_FOLDING as error:
        raise ValueError(f"is a constant that cannot be computed: {error}") from error
    result = np.asarray(result)
    check_real(result)
    return result


def floats(array: Array) -> NDArray[np.float64]:
    """Return `array` as float64; NaN stays, and is refused with the layer's name."""
    with np.errstate(invalid="ignore"):
        return array.astype(np.float64)


def per_sample(draft: Draft, array: Array, shape: tuple[int, ...]) -> NDArray[np.float64]:
    """Return a constant beside values (batch, *shape) as what every sample sees.

    Raises
    ------
    ValueError
        If it differs between samples or does not broadcast to `shape`.
    """
    values = floats(array)
    if values.ndim == len(shape) + 1:
        if len(values) not in (1, draft.batch) or not (values == values[:1]).all():
            raise ValueError(f"has a constant {values.shape} that differs between samples")
        values = values[0]
    try:
        fits = np.broadcast_shapes(shape, values.shape) == shape
    except ValueError:
        fits = False
    if not fits:
        raise ValueError(f"has a constant {array.shape}, which does not fit samples {shape}")
    return values


def _size(node: Node, inputs: list[Array]) -> int:
    """Return at least how many values `node` gives, before it is computed."""
    largest = max((array.size for array in inputs), default=0)
    if node.op in _ELEMENTWISE:
        return product(np.broadcast_shapes(*(array.shape for array in inputs)))
    match node.op:
        case "ConstantOfShape":
            return product(inputs[0])
        case "Expand":
            return product(np.broadcast_shapes(inputs[0].shape, tuple(inputs[1].tolist())))
        case "Range":
            start, limit, delta = (float(array.item()) for array in inputs)
            return int(max(0.0, (limit - start) / delta))
        case "Gather":
            return largest * min(array.size for array in inputs)
    return largest


def _evaluator(node: Node, opset: int) -> ReferenceEvaluator:
    helper = onnx.helper
    graph = helper.make_graph(
        [node.proto],
        "constant",
        [helper.make_empty_tensor_value_info(name) for name in _feeds(node)],
        [helper.make_empty_tensor_value_info(node.proto.output[0])],
    )
    imports = [helper.make_opsetid("", opset)]
    return ReferenceEvaluator(helper.make_model(graph, opset_imports=imports))


def _feeds(node: Node) -> dict[str, Array]:
    named = zip(node.proto.input, node.values, strict=True)
    return {name: value for name, value in named if isinstance(value, np.ndarray)}
