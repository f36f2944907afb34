"""One flat graph of plain edges: graphs in it written out, names mended, double edges summed."""

from collections import Counter
from dataclasses import dataclass, field, replace

import numpy as np

from neurodeploy.model.nir.findings import Code, Finding, Findings, found
from neurodeploy.model.nir.hdf5 import RawGraph, RawNode
from neurodeploy.model.nir.nodes import CHAINED, NEURONS

Edge = tuple[str, str]

_JOIN = ""
"""The kind of a nested Input or Output until its edges are drawn through."""


@dataclass(slots=True)
class _Flat:
    """What is collected while the graphs are walked through; a count is an edge's multiplicity."""

    nodes: dict[str, RawNode] = field(default_factory=dict)
    edges: Counter[Edge] = field(default_factory=Counter)
    findings: list[Finding] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ends:
    """Where values enter and leave a node: itself, or what is in it."""

    entries: tuple[str, ...]
    exits: tuple[str, ...]


def flattened(graph: RawGraph) -> tuple[RawGraph, Findings]:
    """Return the graph without graphs in it, their nodes called ``outer.inner``.

    Every edge is there once and joins two nodes; one that was there n times leads through a Scale
    of n. The second value says what was done, and what is wrong with nodes and edges.
    """
    flat = _Flat()
    _expand(flat, graph, "")
    for name in [name for name, node in flat.nodes.items() if node.kind == _JOIN]:
        _draw_through(flat, name)
    _sum_double_edges(flat)
    edges = tuple(flat.edges)
    return RawGraph(nodes=flat.nodes, edges=edges, notes=graph.notes), tuple(flat.findings)


def _expand(flat: _Flat, graph: RawGraph, prefix: str) -> _Ends:
    """Take in `graph` and return its ends."""
    graph = _mended(flat, graph, prefix)
    ends = {name: _take_in(flat, node, prefix) for name, node in graph.nodes.items()}
    for (source, target), times in Counter(graph.edges).items():
        if _is_sound(flat, graph, prefix, (source, target), ends):
            edge = (ends[source].exits[0], ends[target].entries[0])
            flat.edges[edge] += times
            if times > 1:
                flat.findings.append(_double(edge, times))
    return _Ends(
        entries=_inner(graph, prefix, ends, "Input"), exits=_inner(graph, prefix, ends, "Output")
    )


def _take_in(flat: _Flat, node: RawNode, prefix: str) -> _Ends:
    name = _free(flat, prefix + node.name)
    if node.graph is not None:
        ends = _expand(flat, node.graph, f"{name}.")
        line = f"the graph {name!r} is written out: its nodes are called {name}.*"
        flat.findings.append(found(Code.NESTED, name, line))
        return ends
    if node.kind not in {*NEURONS, *CHAINED, "Input", "Output"}:
        line = f"node {name!r} ({node.kind}) is no node of NIR 1.0.8"
        flat.findings.append(found(Code.UNKNOWN_NODE, name, line))
    is_end = prefix and node.kind in ("Input", "Output")
    flat.nodes[name] = replace(node, name=name, kind=_JOIN if is_end else node.kind)
    return _Ends(entries=(name,), exits=(name,))


def _mended(flat: _Flat, graph: RawGraph, prefix: str) -> RawGraph:
    """Return `graph` with its only unknown name in edges replaced by its only node without any."""
    named = {end for edge in graph.edges for end in edge}
    unknown = sorted(named - set(graph.nodes))
    idle = [n for n, node in graph.nodes.items() if n not in named and node.kind in NEURONS]
    if len(unknown) != 1 or len(idle) != 1:
        return graph
    old, new = unknown[0], idle[0]
    where = f" of the graph {prefix[:-1]!r}" if prefix else ""
    line = f"edges{where} name {old!r}, which is no node; only {new!r} has no edge: taken to be it"
    flat.findings.append(found(Code.MENDED_NAME, prefix + new, line))
    edges = (tuple(new if end == old else end for end in edge) for edge in graph.edges)
    return replace(graph, edges=tuple((a, b) for a, b in edges))


def _is_sound(
    flat: _Flat, graph: RawGraph, prefix: str, edge: Edge, ends: dict[str, _Ends]
) -> bool:
    """Say whether the edge can be drawn, and note why not."""
    line = f"the edge {prefix + edge[0]!r} -> {prefix + edge[1]!r}"
    unknown = [repr(end) for end in edge if end not in graph.nodes]
    if unknown:
        reason, code = f"names {', '.join(unknown)}, which is no node", Code.EDGE
    elif graph.nodes[edge[1]].kind == "Input":
        reason, code = "enters an Input", Code.EDGE
    elif graph.nodes[edge[0]].kind == "Output":
        reason, code = "leaves an Output", Code.EDGE
    elif len(ends[edge[0]].exits) != 1:
        reason, code = _many(edge[0], "Outputs", ends[edge[0]].exits), Code.AMBIGUOUS
    elif len(ends[edge[1]].entries) != 1:
        reason, code = _many(edge[1], "Inputs", ends[edge[1]].entries), Code.AMBIGUOUS
    else:
        return True
    where = f"{prefix + edge[0]} -> {prefix + edge[1]}"
    flat.findings.append(found(code, where, f"{line} {reason}"))
    return False


def _many(name: str, what: str, ends: tuple[str, ...]) -> str:
    return f"does not say which of the {len(ends)} {what} of the graph {name!r} it means"


def _inner(graph: RawGraph, prefix: str, ends: dict[str, _Ends], kind: str) -> tuple[str, ...]:
    """Return the terminals of a nested graph, or else its first or last nodes."""
    if not prefix:
        return ()
    terminals = [name for name, node in graph.nodes.items() if node.kind == kind]
    side = 1 if kind == "Input" else 0
    used = {edge[side] for edge in graph.edges}
    names = terminals or [name for name in graph.nodes if name not in used]
    found_ends = (ends[n].entries if kind == "Input" else ends[n].exits for n in names)
    return tuple(end for each in found_ends for end in each)


def _draw_through(flat: _Flat, name: str) -> None:
    """Remove a node that only sums: each node before it reaches each one after it."""
    before = {a: n for (a, b), n in flat.edges.items() if b == name}
    after = {b: n for (a, b), n in flat.edges.items() if a == name}
    if name in before:
        line = f"the edge {name!r} -> {name!r} is a loop without a node"
        flat.findings.append(found(Code.EDGE, name, line))
        return
    for edge in [edge for edge in flat.edges if name in edge]:
        del flat.edges[edge]
    for source, n in before.items():
        for target, m in after.items():
            flat.edges[source, target] += n * m
    del flat.nodes[name]


def _sum_double_edges(flat: _Flat) -> None:
    for (source, target), times in list(flat.edges.items()):
        if times == 1:
            continue
        name = _free(flat, f"{source}*{times}")
        scale = np.full((), float(times))
        flat.nodes[name] = RawNode(name=name, kind="Scale", fields={"scale": scale})
        del flat.edges[source, target]
        flat.edges.update([(source, name), (name, target)])


def _double(edge: Edge, times: int) -> Finding:
    line = f"the edge {edge[0]!r} -> {edge[1]!r} is there {times} times: its value counts as often"
    return found(Code.DOUBLE_EDGE, f"{edge[0]} -> {edge[1]}", line)


def _free(flat: _Flat, name: str) -> str:
    number, unique = 1, name
    while unique in flat.nodes:
        unique, number = f"{name}_{number}", number + 1
    return unique
