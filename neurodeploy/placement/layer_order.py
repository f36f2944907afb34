"""Strategy `layer-order`: the populations one after another, each in as few slices as fit."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from neurodeploy.deployment.placement import Slice, Usage
from neurodeploy.placement.afferents import load
from neurodeploy.placement.cut import Range, cut, smallest
from neurodeploy.placement.limits import AXONS_OUT, NEURONS, exceeded
from neurodeploy.placement.problem import Problem
from neurodeploy.program.program import Population


@dataclass(frozen=True, slots=True, kw_only=True)
class _Plan:
    """How far to spread: neurons a slice at most, by population, and who shares no core."""

    most: Mapping[str, int]
    alone: frozenset[str] = frozenset()


def layer_order(problem: Problem) -> tuple[Slice, ...]:
    """Return slices on cores numbered from 0; on more than there are, or not all, if need be.

    In the order of the program each population is cut into as few slices as cores can hold; a slice
    joins the core before it where neurons, synapse bytes and arriving axons still fit, and opens
    the next core otherwise. Leaving axons depend on where the targets lie, so they are counted
    afterwards: a core with too many is spread over more, and everything placed again.
    """
    populations = problem.program.populations
    plan = _Plan(most={population.name: population.size for population in populations})
    while True:
        slices = tuple(_packed(problem, plan))
        if AXONS_OUT not in problem.limits:
            return slices
        spread = _spread(problem, plan, slices, problem.used(slices))
        if spread == plan:
            return slices
        plan = spread


def _packed(problem: Problem, plan: _Plan) -> Iterator[Slice]:
    core, used, shared = 0, dict[str, int](), True
    for population in problem.program.populations:
        incoming = problem.incoming(population.name)
        for start, stop in _ranges(problem, population, plan.most[population.name]):
            more = load(incoming, start, stop)
            both = {name: used.get(name, 0) + more[name] for name in more}
            shares = population.name not in plan.alone
            if used and (exceeded(both, problem.limits) or not (shares and shared)):
                core, both = core + 1, more
            used, shared = both, shares
            yield Slice(population=population.name, core=core, start=start, stop=stop)


def _ranges(problem: Problem, population: Population, most: int) -> tuple[Range, ...]:
    incoming, limits = problem.incoming(population.name), problem.limits
    most = min(most, limits.get(NEURONS, most))

    def fits(start: int, stop: int) -> bool:
        return stop - start <= most and not exceeded(load(incoming, start, stop), limits)

    return cut(population, fits)


def _spread(
    problem: Problem, plan: _Plan, slices: Sequence[Slice], used: Sequence[Mapping[str, Usage]]
) -> _Plan:
    """Return a plan that spreads cores with too many leaving axons further; or the same plan.

    Populations that share such a core get cores of their own first; one that is alone is cut in
    proportion, and by a tenth at least, down to its smallest slice.
    """
    most, alone = dict(plan.most), set(plan.alone)
    for core, counts in enumerate(used):
        if not exceeded({AXONS_OUT: counts[AXONS_OUT].used}, problem.limits):
            continue
        here = [part for part in slices if part.core == core]
        if len(here) > 1:
            alone |= {part.population for part in here}
            continue
        name, size = here[0].population, here[0].size
        fitting = min(size * problem.limits[AXONS_OUT] // counts[AXONS_OUT].used, size * 9 // 10)
        fitting = max(fitting, smallest(problem.program.population(name)))
        if fitting < size:
            most[name] = min(most[name], fitting)
            alone.add(name)
    return replace(plan, most=most, alone=frozenset(alone))
