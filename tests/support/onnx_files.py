"""Small ONNX files made node by node, and what onnx's own evaluator says of them."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import onnx
from onnx import NodeProto, TensorProto, helper, numpy_helper
from onnx.reference import ReferenceEvaluator

from neurodeploy.frontends.onnx import from_onnx
from neurodeploy.model import Model

Constants = Mapping[str, np.ndarray]
Shape = tuple[int, ...]


def node(op: str, inputs: str, output: str = "y", **attributes: object) -> NodeProto:
    """A node named as its output; `inputs` are separated by blanks, "-" is left out."""
    names = ["" if name == "-" else name for name in inputs.split()]
    return helper.make_node(op, names, [output], name=f"{output}.{op}", **attributes)


def write_onnx(
    path: Path,
    nodes: Sequence[NodeProto],
    constants: Constants | None = None,
    *,
    shape: Sequence[int | str] | None = ("N", 4),
    opset: int = 18,
    outputs: Sequence[str] = ("y",),
    inputs: Sequence[str] = ("x",),
) -> Path:
    """Write `nodes` with one input `x` of `shape`, the batch included, and the output `y`."""
    graph = helper.make_graph(
        list(nodes),
        "test",
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name in inputs],
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in outputs],
        [numpy_helper.from_array(np.asarray(v), k) for k, v in (constants or {}).items()],
    )
    imports = [helper.make_opsetid("", opset), helper.make_opsetid("com.example", 1)]
    model = helper.make_model(graph, opset_imports=imports, producer_name="tests", ir_version=8)
    onnx.save(model, path)
    return path


def assert_agrees(
    path: Path, shape: Shape, *, n_samples: int = 3, low: float = -2.0, at_once: bool = True
) -> Model:
    """Compare with onnx's evaluator, which computes in float32, to 1e-5 of the largest value."""
    rng = np.random.default_rng(2)
    x = rng.uniform(low, 2.0, (n_samples, *shape)).astype(np.float32)
    evaluator = ReferenceEvaluator(str(path))
    parts = [x] if at_once else np.split(x, n_samples)
    answers = [evaluator.run(None, {"x": part}) for part in parts]
    model = from_onnx(path, shape)
    readouts = model.simulate(x[:, None]).readouts
    for k, output in enumerate(model.outputs):
        wanted = np.concatenate([answer[k] for answer in answers])
        found = readouts[output.population]
        assert found.shape == wanted.shape
        tolerance = 1e-5 * np.abs(wanted).max()
        np.testing.assert_allclose(found, wanted, rtol=0, atol=tolerance)
    return model
