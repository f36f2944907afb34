"""Write the artificial network of `examples.networks` as ONNX."""

from pathlib import Path

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import NodeProto, TensorProto, helper, numpy_helper

from neurodeploy.model import Affine, Conv2d, Flatten, Model, Operator, Relu, Scale
from neurodeploy.storage.atomic import new_file

OPSET, IR = 18, 8


def write_artificial(model: Model, path: Path) -> None:
    """Write a chain of Scale, Conv2d, Flatten, Affine and rectifiers, in float32.

    Batches of the input `pixels` have any size.
    """
    nodes: list[NodeProto] = []
    constants: dict[str, NDArray[np.float64]] = {}
    last = model.inputs[0].name
    for projection in model.projections:
        for k, operator in enumerate(projection.chain):
            name = f"{projection.target}_{k}"
            made, values = _node(operator, last, name)
            nodes.append(made)
            constants.update(values)
            last = name
        if isinstance(model.population(projection.target).neuron, Relu):
            nodes.append(helper.make_node("Relu", [last], [projection.target]))
            last = projection.target
    shape: list[str | int | None] = ["N", *model.inputs[0].shape]
    graph = helper.make_graph(
        nodes,
        "artificial",
        [helper.make_tensor_value_info(model.inputs[0].name, TensorProto.FLOAT, shape)],
        [helper.make_tensor_value_info(last, TensorProto.FLOAT, ["N", 10])],
        [numpy_helper.from_array(v.astype(np.float32), n) for n, v in constants.items()],
    )
    made = helper.make_model(
        graph,
        opset_imports=[helper.make_opsetid("", OPSET)],
        producer_name="neurodeploy",
        ir_version=IR,
    )
    with new_file(path) as temporary:
        onnx.save(made, temporary)


def _node(
    operator: Operator, source: str, name: str
) -> tuple[NodeProto, dict[str, NDArray[np.float64]]]:
    match operator:
        case Scale(scale=scale):
            return helper.make_node("Mul", [source, f"{name}.scale"], [name]), {
                f"{name}.scale": scale
            }
        case Flatten():
            return helper.make_node("Flatten", [source], [name]), {}
        case Affine(weight=weight, bias=bias):
            values = _with_bias(name, weight, bias)
            return helper.make_node("Gemm", [source, *values], [name], transB=1), values
        case Conv2d(weight=weight, bias=bias, stride=stride, padding=padding):
            values = _with_bias(name, weight, bias)
            return helper.make_node(
                "Conv", [source, *values], [name], strides=stride, pads=[*padding, *padding]
            ), values
        case _:
            raise SystemExit(f"{name}: {type(operator).__name__} is not written as ONNX here")


def _with_bias(
    name: str, weight: NDArray[np.float64], bias: NDArray[np.float64] | None
) -> dict[str, NDArray[np.float64]]:
    values = {f"{name}.weight": weight}
    return values if bias is None else {**values, f"{name}.bias": bias}
