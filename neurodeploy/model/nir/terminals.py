"""Input and Output nodes for a graph whose author left them out."""

from dataclasses import replace

import numpy as np

from neurodeploy.model.nir.hdf5 import RawGraph, RawNode
from neurodeploy.model.nir.nodes import NEURONS
from neurodeploy.model.nir.structure import Neighbours


def with_terminals(graph: RawGraph) -> tuple[RawGraph, tuple[str, ...]]:
    """Return the graph with an Input before its first and an Output after its last nodes.

    A graph that has an Input keeps its inputs as they are, and likewise for outputs. The second
    value has a line for each node added.

    Raises
    ------
    ValueError
        If the shape of an input cannot be told, or a graph of loops has no first or last node.
    """
    neighbours = Neighbours.of(graph.nodes, graph.edges)
    nodes, edges = dict(graph.nodes), list(graph.edges)
    lines = []
    kinds = {node.kind for node in graph.nodes.values()}
    if "Input" not in kinds:
        first = [name for name in graph.nodes if not neighbours.before[name]]
        if not first:
            raise ValueError("no Input, and every node has another before it; add an Input node")
        for name in first:
            shape = _input_shape(graph.nodes[name])
            new = RawNode(name=f"input_{name}", kind="Input", fields=shape)
            nodes[new.name] = new
            edges.append((new.name, name))
            lines.append(f"input {new.name!r} added before {name!r}: the file has no Input")
    if "Output" not in kinds:
        last = [name for name in graph.nodes if not neighbours.after[name]]
        if not last:
            raise ValueError("no Output, and every node has another after it; add an Output node")
        for name in last:
            nodes[f"output_{name}"] = RawNode(name=f"output_{name}", kind="Output", fields={})
            edges.append((name, f"output_{name}"))
            lines.append(f"output 'output_{name}' added after {name!r}: the file has no Output")
    return replace(graph, nodes=nodes, edges=tuple(edges)), tuple(lines)


def _input_shape(node: RawNode) -> dict[str, np.ndarray[tuple[int, ...], np.dtype[np.float64]]]:
    fields = {key: value for key, value in node.fields.items() if not isinstance(value, str)}
    shape: tuple[float, ...] = ()
    if node.kind in NEURONS:
        shape = np.broadcast_shapes(*(value.shape for value in fields.values()))
    elif node.kind in ("Affine", "Linear") and "weight" in fields:
        shape = fields["weight"].shape[1:]
    elif node.kind == "Conv2d" and {"weight", "input_shape"} <= set(fields):
        n_in = fields["weight"].shape[1] * float(fields.get("groups", np.ones(())).max())
        shape = (n_in, *fields["input_shape"].ravel())
    elif node.kind == "Flatten" and "input_type" in fields:
        shape = tuple(fields["input_type"].ravel())
    if not shape:
        raise ValueError(
            f"no Input, and the shape of what {node.name!r} ({node.kind}) takes is not in the "
            "file; add an Input node"
        )
    return {"shape": np.array(shape, dtype=np.float64)}
