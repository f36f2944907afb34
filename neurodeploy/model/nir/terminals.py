"""Input and Output nodes for a graph whose author left them out."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from neurodeploy.model.nir.findings import Code, Finding, Findings, found
from neurodeploy.model.nir.hdf5 import Field, RawGraph, RawNode
from neurodeploy.model.nir.nodes import NEURONS
from neurodeploy.model.nir.structure import Neighbours


def with_terminals(graph: RawGraph) -> tuple[RawGraph, Findings]:
    """Return the graph with an Input before its first and an Output after its last nodes.

    A graph that has an Input keeps its inputs as they are, and likewise for outputs. The second
    value has a line for each node added, or says why none could be.
    """
    neighbours = Neighbours.of(graph.nodes, graph.edges)
    nodes, edges = dict(graph.nodes), list(graph.edges)
    findings: list[Finding] = []
    kinds = {node.kind for node in graph.nodes.values()}
    if "Input" not in kinds:
        first = [name for name in graph.nodes if not neighbours.before[name]]
        findings += _none_problem(first, "Input", "before")
        for name in first:
            shape = _input_shape(graph.nodes[name])
            if shape is None:
                findings.append(_shapeless(graph.nodes[name]))
                continue
            new = _unused(nodes, f"input_{name}")
            nodes[new] = RawNode(name=new, kind="Input", fields=shape)
            edges.append((new, name))
            line = f"input {new!r} added before {name!r}: the file has no Input"
            findings.append(found(Code.ADDED_INPUT, new, line))
    if "Output" not in kinds:
        last = [name for name in graph.nodes if not neighbours.after[name]]
        findings += _none_problem(last, "Output", "after")
        for name in last:
            new = _unused(nodes, f"output_{name}")
            nodes[new] = RawNode(name=new, kind="Output", fields={})
            edges.append((name, new))
            line = f"output {new!r} added after {name!r}: the file has no Output"
            findings.append(found(Code.ADDED_OUTPUT, new, line))
    return replace(graph, nodes=nodes, edges=tuple(edges)), tuple(findings)


def _none_problem(ends: list[str], kind: str, where: str) -> list[Finding]:
    if ends:
        return []
    line = f"no {kind}, and every node has another {where} it; add an {kind} node"
    return [found(Code.TERMINALS, "", line)]


def _shapeless(node: RawNode) -> Finding:
    line = (
        f"no Input, and the shape of what {node.name!r} ({node.kind}) takes is not in the file; "
        "add an Input node"
    )
    return found(Code.TERMINALS, node.name, line)


def _unused(nodes: Mapping[str, RawNode], name: str) -> str:
    number, unique = 1, name
    while unique in nodes:
        unique, number = f"{name}_{number}", number + 1
    return unique


def _input_shape(node: RawNode) -> dict[str, Field] | None:
    fields = {key: value for key, value in node.fields.items() if not isinstance(value, str)}
    shape: tuple[float, ...] = ()
    if node.kind in {*NEURONS, "Delay", "Scale"}:
        try:
            shape = np.broadcast_shapes(*(value.shape for value in fields.values()))
        except ValueError:
            return None
    elif node.kind in ("Affine", "Linear") and "weight" in fields:
        shape = fields["weight"].shape[1:]
    elif node.kind in ("Conv1d", "Conv2d") and {"weight", "input_shape"} <= set(fields):
        n_in = fields["weight"].shape[1] * float(fields.get("groups", np.ones(())).max())
        shape = (n_in, *fields["input_shape"].ravel())
    elif node.kind == "Flatten" and "input_type" in fields:
        shape = tuple(fields["input_type"].ravel())
    return {"shape": np.array(shape, dtype=np.float64)} if shape else None
