"""The order in which populations move: within a step, and as groups over all steps."""

from typing import TypeVar

from neurodeploy.program.operator import Direct
from neurodeploy.program.program import Program

T = TypeVar("T")


def step_order(program: Program) -> tuple[str, ...]:
    """Return the populations' names so that every Direct source moves before its target.

    Raises
    ------
    ValueError
        If Direct projections form a loop.
    """
    before = {
        population.name: {
            source
            for projection in program.projections_to(population.name)
            if isinstance(projection.operator, Direct)
            for source in projection.sources
        }
        - {node.name for node in program.inputs}
        for population in program.populations
    }
    return tuple(_sorted(before))


def groups(program: Program) -> tuple[tuple[str, ...], ...]:
    """Return the strongly connected groups of populations, sources first.

    A group of one without a projection to itself can run all steps at once, given its sources.
    Within a group the order is that of `step_order`.
    """
    order = step_order(program)
    reach = {name: _reachable(program, name) for name in order}
    component = {
        name: frozenset({name} | {other for other in reach[name] if name in reach[other]})
        for name in order
    }
    before = {
        group: {
            component[source]
            for name in group
            for projection in program.projections_to(name)
            for source in projection.sources
            if source in component and component[source] != group
        }
        for group in component.values()
    }
    return tuple(tuple(n for n in order if n in group) for group in _sorted(before))


def own_lags(program: Program) -> dict[str, int]:
    """Return the program's step in which each input's and population's own step 0 falls.

    That is its `t_start`; where a program is not retimed, the fewest weighted projections on the
    way from an input, and 0 where none leads there.
    """
    found = {node.name: 0 for node in program.inputs}
    for _ in program.populations:
        for projection in program.projections:
            known = [found[name] for name in projection.sources if name in found]
            if not known:
                continue
            lag = min(known) + (not isinstance(projection.operator, Direct))
            found[projection.target] = min(found.get(projection.target, lag), lag)
    starts = {p.name: p.t_start for p in program.populations}
    return {
        node.name: max(found.get(node.name, 0), starts.get(node.name, 0)) for node in program.nodes
    }


def _reachable(program: Program, start: str) -> frozenset[str]:
    found: set[str] = set()
    open_ = [start]
    while open_:
        for projection in program.projections_from(open_.pop()):
            if projection.target not in found:
                found.add(projection.target)
                open_.append(projection.target)
    return frozenset(found)


def _sorted(before: dict[T, set[T]]) -> list[T]:
    """Return the keys so that each follows everything in its set, in the given order otherwise."""
    done: list[T] = []
    waiting = dict(before)
    while waiting:
        ready = next((key for key, needs in waiting.items() if needs <= set(done)), None)
        if ready is None:
            raise ValueError("direct projections form a loop: " + ", ".join(map(str, waiting)))
        done.append(ready)
        del waiting[ready]
    return done
