"""Walk through an ONNX graph, node by node, and make a Model of it."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import numpy as np
import onnx

from neurodeploy.errors import InputError
from neurodeploy.frontends.onnx import activations, arithmetic, pools, regions, shapes, weights
from neurodeploy.frontends.onnx.constants import FOLDED, folded
from neurodeploy.frontends.onnx.draft import Draft, renamed
from neurodeploy.frontends.onnx.graph import Graph, graph_of, input_of
from neurodeploy.frontends.onnx.nearest import advice
from neurodeploy.frontends.onnx.node import Node, Value, plain
from neurodeploy.frontends.onnx.proto import opset_of, read_proto
from neurodeploy.frontends.onnx.signal import Branch, Signal, signal_of
from neurodeploy.model import Linear, Model, Output
from neurodeploy.terms import Readout

DT_S = 1e-4
"""Length of the one step; an artificial network knows no time."""

_OPERATORS: Mapping[str, Callable[[Draft, Node], Value]] = MappingProxyType(
    {
        "Add": arithmetic.add,
        "AveragePool": pools.average_pool,
        "BatchNormalization": weights.batch_norm,
        "Cast": shapes.cast,
        "Clip": activations.clip,
        "Concat": regions.concat,
        "Conv": weights.conv,
        "Div": arithmetic.divide,
        "Dropout": shapes.dropout,
        "Flatten": shapes.flatten,
        "Gemm": weights.gemm,
        "GlobalAveragePool": pools.global_average_pool,
        "GlobalMaxPool": pools.global_max_pool,
        "Identity": shapes.pass_on,
        "LogSoftmax": activations.softmax,
        "MatMul": weights.matmul,
        "MaxPool": pools.max_pool,
        "Mul": arithmetic.multiply,
        "Neg": arithmetic.negate,
        "Pad": regions.pad,
        "ReduceMean": pools.reduce_mean,
        "Relu": activations.relu,
        "Reshape": shapes.reshape,
        "Slice": regions.cut,
        "Softmax": activations.softmax,
        "Squeeze": shapes.squeeze,
        "Sub": arithmetic.subtract,
        "Sum": arithmetic.add,
        "Transpose": shapes.transpose,
    }
)


def walk(path: Path, input_shape: tuple[int, ...] | None) -> Model:
    """Return the Model in `path`; see `from_onnx`."""
    proto = read_proto(path)
    try:
        graph = graph_of(proto)
        entry, batch = input_of(graph, input_shape)
    except ValueError as error:
        raise InputError("ND2211", f"{path}: {error}") from error
    draft = Draft(input=entry, batch=batch, opset=opset_of(proto))
    values: dict[str, Value] = dict(graph.constants)
    values[graph.input_name] = signal_of(entry.name, Branch(source=entry.name, shape=entry.shape))
    for node in graph.nodes:
        _visit(draft, graph, node, values)
    for name in graph.outputs:
        _read(draft, name, values.get(name))
    if draft.problems:
        raise InputError("ND2211", *(f"{path}: {problem}" for problem in draft.problems))
    try:
        return _model(draft, _origin(path, proto))
    except InputError as error:
        raise InputError(error.code, *(f"{path}: {p}" for p in error.problems)) from error


def _visit(draft: Draft, graph: Graph, node: Node, values: dict[str, Value]) -> None:
    """Take in one node; those before it must have been taken in."""
    names = node.proto.input
    node = replace(node, values=tuple(values.get(name) if name else None for name in names))
    known = all(values.get(name) is not None for name in names if name)
    operator = _OPERATORS.get(node.op)
    is_constant = known and not any(isinstance(value, Signal) for value in node.values)
    try:
        if node.op == "Shape" and known and isinstance(node.values[0], Signal):
            value: Value = _shape(draft, node, node.values[0])
        elif is_constant and node.op in FOLDED:
            value = folded(node, draft.opset)
        elif operator is None and node.op not in FOLDED:
            raise ValueError(f"is an operator that is not read{advice(node.op)}")
        elif not known:
            return
        elif operator is None:
            raise ValueError("is read only where its inputs are constant")
        elif is_constant:
            raise ValueError("has constant inputs only and is not computed while reading")
        else:
            _refuse_second_outputs(graph, node)
            value = operator(draft, node)
    except ValueError as error:
        draft.problems.append(f"{node.where} {error}")
        return
    values[node.proto.output[0]] = _shared(draft, node, value)


def _shape(draft: Draft, node: Node, signal: Signal) -> Value:
    sizes = np.array([draft.batch, *signal.shape], np.int64)
    return sizes[node.integer("start", 0) : node.integer("end", len(sizes))]


def _shared(draft: Draft, node: Node, value: Value) -> Value:
    """Return `value` under the name of `node`; weights that are used twice become a population."""
    if not isinstance(value, Signal):
        return value
    value = renamed(value, node.label)
    if node.n_uses > 1 and value.has_weights:
        return draft.add(node.label, value, Linear())
    return value


def _refuse_second_outputs(graph: Graph, node: Node) -> None:
    for name in node.proto.output[1:]:
        if graph.uses[name]:
            raise ValueError(f"has a second output {name!r} that is used; only the first is read")


def _read(draft: Draft, name: str, value: Value) -> None:
    if isinstance(value, np.ndarray):
        draft.problems.append(f"output {name!r} does not depend on the input")
    if not isinstance(value, Signal):
        return
    branch = value.branches[0]
    is_population = branch.source != draft.input.name and not branch.chain and not branch.is_part
    if len(value.branches) > 1 or not is_population:
        branch = draft.add(plain(name), value, Linear()).branches[0]
    if branch.source not in {output.population for output in draft.outputs}:
        draft.outputs.append(Output(population=branch.source, readout=Readout.SUM))


def _origin(path: Path, proto: onnx.ModelProto) -> str:
    maker = f"{proto.producer_name} {proto.producer_version}".strip() or "an unnamed producer"
    return f"from {path.name}: ONNX of {maker}, opset {opset_of(proto)}"


def _model(draft: Draft, origin: str) -> Model:
    entry = draft.input
    assumed = f"input {entry.name!r} has values in {entry.low:g}..{entry.high:g}: assumed"
    return Model(
        inputs=(entry,),
        populations=tuple(draft.populations),
        projections=tuple(draft.projections),
        outputs=tuple(draft.outputs),
        dt_s=DT_S,
        history=(origin, *draft.history, assumed),
    )
