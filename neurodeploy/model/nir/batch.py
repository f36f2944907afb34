"""Take off the batch axis that some exporters count: in every shape, or in Flatten only."""

from dataclasses import replace

import numpy as np

from neurodeploy.model.nir.hdf5 import Field, RawGraph, RawNode
from neurodeploy.model.nir.nodes import NEURONS


def with_flatten_below(graph: RawGraph) -> RawGraph:
    """Return the graph with the axes of every Flatten counted without the batch."""
    nodes = {
        name: _lowered(node) if node.kind == "Flatten" else node
        for name, node in graph.nodes.items()
    }
    return replace(graph, nodes=nodes)


def without_batch_axis(graph: RawGraph) -> RawGraph:
    """Return the graph with a leading axis of 1 taken off every shape and parameter."""
    nodes = {name: _without_batch(node) for name, node in graph.nodes.items()}
    return with_flatten_below(replace(graph, nodes=nodes))


def _without_batch(node: RawNode) -> RawNode:
    if node.kind in ("Input", "Output"):
        fields = {key: _without_first(value) for key, value in node.fields.items()}
        return replace(node, fields=fields)
    if node.kind in {*NEURONS, "Scale", "Delay"}:
        fields = {key: _squeezed(value) for key, value in node.fields.items()}
        return replace(node, fields=fields)
    return node


def _without_first(shape: Field) -> Field:
    if isinstance(shape, str) or shape.ndim != 1 or shape.size < 2 or shape[0] != 1:
        return shape
    return shape[1:]


def _squeezed(values: Field) -> Field:
    if isinstance(values, str) or values.ndim < 2 or values.shape[0] != 1:
        return values
    return values[0]


def _lowered(node: RawNode) -> RawNode:
    axes = {"start_dim": 1.0, "end_dim": -1.0}
    fields: dict[str, Field] = {}
    for key, default in axes.items():
        value = node.fields.get(key, np.full((), default))
        fields[key] = value if isinstance(value, str) else np.where(value > 0, value - 1, value)
    return replace(node, fields=fields)
