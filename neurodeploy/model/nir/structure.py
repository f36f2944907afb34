"""From NIR's nodes and edges to projections: chains of operators, joins, forks and loops."""

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, replace

from neurodeploy.model.nir.findings import Code, Findings, found
from neurodeploy.model.nir.hdf5 import RawGraph
from neurodeploy.model.nir.loops import closing_edges
from neurodeploy.model.nir.nodes import CHAINED, WEIGHTED
from neurodeploy.model.nir.notes import Link, Reading
from neurodeploy.terms import Readout

Edges = tuple[tuple[str, str], ...]

_SILENT = ("CubaLI", "I", "LI")


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbours:
    """For every node those before and after it, in the order of their names."""

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Structure:
    """The projections, outputs and joins of a graph.

    A join is a stateless population of its own: what operators deliver to several targets (then it
    has the name of the last of them), or a sum in front of an operator (``NODE.in``).
    """

    links: tuple[Link, ...]
    readings: tuple[Reading, ...]
    joins: tuple[str, ...]


def reach_problems(graph: RawGraph) -> Findings:
    """Return a problem for each node that no input reaches, or whose value goes nowhere."""
    neighbours = Neighbours.of(graph.nodes, graph.edges)
    reached = [name for name, node in graph.nodes.items() if node.kind == "Input"]
    seen = set(reached)
    while reached:
        new = [n for n in neighbours.after[reached.pop()] if n not in seen]
        seen.update(new)
        reached.extend(new)
    unreached = (
        found(Code.UNREACHED, name, f"node {name!r} ({node.kind}) is reached from no Input")
        for name, node in graph.nodes.items()
        if name not in seen
    )
    nowhere = (
        found(
            Code.LEADS_NOWHERE,
            name,
            f"node {name!r} ({node.kind}) leads to no neuron and no Output",
        )
        for name, node in graph.nodes.items()
        if node.kind in CHAINED and not neighbours.after[name]
    )
    return (*unreached, *nowhere)


def derive_structure(
    graph: RawGraph, delays: Mapping[str, int], biased: Set[str] = frozenset()
) -> Structure:
    """Return the structure of a graph in which `reach_problems` found nothing.

    An Output fed by one population reads it; any other is a terminal population of its own name.
    The projection that closes a loop without delay gets a delay of one step.

    Parameters
    ----------
    delays : steps of each Delay node.
    biased : operators that deliver something without input, which a delay must hold back.
    """
    summed: set[str] = set()
    while True:
        walk = _Walk(graph, biased, summed)
        links = walk.links()
        closing = closing_edges(walk.starts(), [k for k in links if not _steps(k, delays)])
        split = {link.nodes[0] for link in links if _is_partly_in(closing, link)}
        if not split:
            break
        summed |= split
    return Structure(
        links=tuple(
            replace(link, delay_steps=1)
            if _is_in(closing, link) and not _steps(link, delays)
            else link
            for link in links
        ),
        readings=walk.readings(),
        joins=walk.joins(),
    )


def _steps(link: Link, delays: Mapping[str, int]) -> int:
    return sum(delays.get(name, 0) for name in link.nodes)


def _is_in(closing: Set[tuple[str, str]], link: Link) -> bool:
    return any((source, link.target) in closing for source in link.sources)


def _is_partly_in(closing: Set[tuple[str, str]], link: Link) -> bool:
    n_closing = sum((source, link.target) in closing for source in link.sources)
    return 0 < n_closing < len(link.sources)


class _Walk:
    """One graph and where its chains of operators are cut; `summed` are cut before."""

    def __init__(self, graph: RawGraph, biased: Set[str], summed: Set[str]) -> None:
        self.nodes, self.edges = graph.nodes, tuple(sorted(graph.edges))
        neighbours = Neighbours.of(graph.nodes, graph.edges)
        self.before, self.after = neighbours.before, neighbours.after
        self.cut_after = {n for n in self.nodes if self._is_chained(n) and len(self.after[n]) != 1}
        self.cut_after |= self._before_delays(biased)
        self.read = self._directly_read()
        self.sums = {n: self._free(f"{n}.in") for n in self.nodes if self._is_sum(n, summed)}

    def links(self) -> tuple[Link, ...]:
        """Return every chain between populations, in the order of the edges."""
        found = []
        for source, target in self.edges:
            if not self._is_plain(source):
                continue
            if self._is_chained(target) and target not in self.sums:
                found.append(self._chain(target, self.before[target]))
            elif target in self.sums or (target, source) not in self.read:
                end = self.sums.get(target, target)
                name = f"{source}->{end}"
                found.append(Link(name=name, sources=(source,), nodes=(), target=end))
        found += [self._chain(name, (join,)) for name, join in self.sums.items()]
        return tuple(dict.fromkeys(found))

    def readings(self) -> tuple[Reading, ...]:
        """Return what every Output reads."""
        read = dict(self.read)
        return tuple(
            self._reading(name, read.get(name, name))
            for name, node in self.nodes.items()
            if node.kind == "Output"
        )

    def joins(self) -> tuple[str, ...]:
        """Return the stateless populations."""
        return (*(n for n in self.nodes if n in self.cut_after), *self.sums.values())

    def starts(self) -> list[str]:
        """Return the inputs, and then all other populations."""
        inputs = [name for name, node in self.nodes.items() if node.kind == "Input"]
        return [*inputs, *(name for name in self.nodes if self._is_plain(name)), *self.joins()]

    def _is_chained(self, name: str) -> bool:
        return self.nodes[name].kind in CHAINED

    def _is_plain(self, name: str) -> bool:
        """Say whether what leaves the node is what leaves a population."""
        return not self._is_chained(name) or name in self.cut_after

    def _is_sum(self, name: str, summed: Set[str]) -> bool:
        if not self._is_chained(name):
            return False
        operators = [source for source in self.before[name] if not self._is_plain(source)]
        return name in summed or bool(operators and len(self.before[name]) > 1)

    def _before_delays(self, biased: Set[str]) -> set[str]:
        """Return the operators before each Delay that would hold back a bias."""
        late: set[str] = set()
        for name, node in self.nodes.items():
            way = self.before[name] if node.kind == "Delay" else ()
            while len(way) == 1 and self._is_chained(way[0]) and way[0] not in self.cut_after:
                if way[0] in biased:
                    late.update(self.before[name])
                way = self.before[way[0]]
        return late

    def _directly_read(self) -> set[tuple[str, str]]:
        """Return (Output, population) where one population alone leads there."""
        return {
            (name, self.before[name][0])
            for name, node in self.nodes.items()
            if node.kind == "Output"
            and len(self.before[name]) == 1
            and self._is_plain(self.before[name][0])
            and self.nodes[self.before[name][0]].kind != "Input"
        }

    def _reading(self, name: str, population: str) -> Reading:
        kind = self.nodes[population].kind
        silent = population == name or kind in _SILENT or kind in CHAINED
        readout = Readout.SUM if silent else Readout.COUNT
        return Reading(node=name, population=population, readout=readout)

    def _chain(self, first: str, sources: tuple[str, ...]) -> Link:
        nodes = [first]
        while nodes[-1] not in self.cut_after:
            after = self.after[nodes[-1]][0]
            if not self._is_chained(after) or after in self.sums:
                break
            nodes.append(after)
        last = nodes[-1]
        follower = self.after[last][0]
        target = last if last in self.cut_after else self.sums.get(follower, follower)
        weighted = [name for name in nodes if self.nodes[name].kind in WEIGHTED]
        return Link(
            name=(weighted or nodes)[-1], sources=sources, nodes=tuple(nodes), target=target
        )

    def _free(self, name: str) -> str:
        while name in self.nodes:
            name += "_"
        return name
