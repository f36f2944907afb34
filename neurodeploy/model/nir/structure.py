"""From NIR's nodes and edges to projections: chains of operators between neurons, and loops."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from neurodeploy.model.nir.hdf5 import RawGraph
from neurodeploy.model.nir.nodes import NEURONS, OPERATORS
from neurodeploy.model.nir.notes import Link, Reading
from neurodeploy.terms import Readout

Edges = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbours:
    """For every node those before and after it, in the file's order."""

    before: Mapping[str, tuple[str, ...]]
    after: Mapping[str, tuple[str, ...]]

    @classmethod
    def of(cls, names: Iterable[str], edges: Edges) -> "Neighbours":
        """Return who follows whom; every end of an edge must be among `names`."""
        before: dict[str, list[str]] = {name: [] for name in names}
        after: dict[str, list[str]] = {name: [] for name in before}
        for source, target in sorted(edges):
            before[target].append(source)
            after[source].append(target)
        return cls(
            before={name: tuple(found) for name, found in before.items()},
            after={name: tuple(found) for name, found in after.items()},
        )


def edge_problems(graph: RawGraph) -> list[str]:
    """Return a line for each edge that is double or whose ends are not what they should be."""
    found = []
    for edge, n_times in sorted(Counter(graph.edges).items()):
        line = f"the edge {edge[0]!r} -> {edge[1]!r}"
        unknown = [repr(end) for end in edge if end not in graph.nodes]
        if unknown:
            found.append(f"{line} names {', '.join(unknown)}, which is no node")
        elif n_times > 1:
            found.append(f"{line} is there {n_times} times")
        elif graph.nodes[edge[1]].kind == "Input":
            found.append(f"{line} enters an Input")
        elif graph.nodes[edge[0]].kind == "Output":
            found.append(f"{line} leaves an Output")
    return found


def reach_problems(graph: RawGraph) -> list[str]:
    """Return a line for each node that no input reaches, or whose value goes nowhere."""
    neighbours = Neighbours.of(graph.nodes, graph.edges)
    reached = [name for name, node in graph.nodes.items() if node.kind == "Input"]
    seen = set(reached)
    while reached:
        new = [n for n in neighbours.after[reached.pop()] if n not in seen]
        seen.update(new)
        reached.extend(new)
    found = [
        f"node {name!r} ({node.kind}) is reached from no Input"
        for name, node in graph.nodes.items()
        if name not in seen
    ]
    found += [
        f"node {name!r} ({node.kind}) leads to no neuron and no Output"
        for name, node in graph.nodes.items()
        if node.kind in OPERATORS and not neighbours.after[name]
    ]
    return found


def fork_problems(graph: RawGraph) -> list[str]:
    """Return a line for each operator whose forks and joins a chain of operators cannot express."""
    neighbours = Neighbours.of(graph.nodes, graph.edges)
    found = []
    for name, node in graph.nodes.items():
        if node.kind not in OPERATORS:
            continue
        before, after = neighbours.before[name], neighbours.after[name]
        operators = [source for source in before if graph.nodes[source].kind in OPERATORS]
        if len(after) > 1:
            found.append(
                f"node {name!r} ({node.kind}) goes to {', '.join(after)}; an operator with more "
                "than one target is not read yet"
            )
        if operators and len(before) > 1:
            found.append(
                f"node {name!r} ({node.kind}) joins {', '.join(before)}; a join of operators "
                "before another operator is not read yet"
            )
    return found


def derive_links(graph: RawGraph) -> tuple[tuple[Link, ...], tuple[Reading, ...]]:
    """Return the projections and outputs of a graph in which the functions above found nothing.

    An Output fed by one neuron reads it; any other is a terminal population of its own name. The
    projection that closes a loop gets a delay of one step.

    Raises
    ------
    ValueError
        If one source of a sum closes a loop and another does not.
    """
    neighbours = Neighbours.of(graph.nodes, graph.edges)
    readings = tuple(
        _reading(graph, name, neighbours.before[name])
        for name, node in graph.nodes.items()
        if node.kind == "Output"
    )
    read_directly = {(r.population, r.node) for r in readings}
    links = []
    for source, target in sorted(graph.edges):
        plain = graph.nodes[source].kind not in OPERATORS
        if plain and graph.nodes[target].kind in OPERATORS:
            links.append(_chain(graph, neighbours, target))
        elif plain and (source, target) not in read_directly:
            links.append(
                Link(name=f"{source}->{target}", sources=(source,), nodes=(), target=target)
            )
    inputs = [name for name, node in graph.nodes.items() if node.kind == "Input"]
    return _with_delays(inputs, tuple(dict.fromkeys(links))), readings


def _reading(graph: RawGraph, name: str, before: tuple[str, ...]) -> Reading:
    if len(before) == 1 and graph.nodes[before[0]].kind in NEURONS:
        spikes = graph.nodes[before[0]].kind != "LI"
        readout = Readout.COUNT if spikes else Readout.SUM
        return Reading(node=name, population=before[0], readout=readout)
    return Reading(node=name, population=name, readout=Readout.SUM)


def _chain(graph: RawGraph, neighbours: Neighbours, first: str) -> Link:
    nodes = [first]
    target = neighbours.after[first][0]
    while graph.nodes[target].kind in OPERATORS:
        nodes.append(target)
        target = neighbours.after[target][0]
    weighted = [name for name in nodes if graph.nodes[name].kind in ("Affine", "Linear", "Conv2d")]
    return Link(
        name=(weighted or nodes)[-1],
        sources=neighbours.before[first],
        nodes=tuple(nodes),
        target=target,
    )


def _with_delays(inputs: list[str], links: tuple[Link, ...]) -> tuple[Link, ...]:
    closing = _closing_edges(inputs, links)
    delayed = []
    for link in links:
        n_closing = sum((source, link.target) in closing for source in link.sources)
        if 0 < n_closing < len(link.sources):
            raise ValueError(
                f"{link.name!r} sums {', '.join(link.sources)}, of which only a part closes a "
                "loop; not read yet, give each source an operator of its own"
            )
        delayed.append(replace(link, delay_steps=1) if n_closing else link)
    return tuple(delayed)


def _closing_edges(inputs: list[str], links: tuple[Link, ...]) -> set[tuple[str, str]]:
    """Return the edges back to a node on the way from an input: depth first, without recursion."""
    after: dict[str, list[str]] = {}
    for link in links:
        for source in link.sources:
            after.setdefault(source, []).append(link.target)
    closing, done = set(), set()
    for start in inputs:
        way = [(start, iter(after.get(start, ())))]
        on_way = {start}
        while way:
            name, targets = way[-1]
            target = next(targets, None)
            if target is None:
                way.pop()
                on_way.discard(name)
                done.add(name)
            elif target in on_way:
                closing.add((name, target))
            elif target not in done:
                on_way.add(target)
                way.append((target, iter(after.get(target, ()))))
    return closing
