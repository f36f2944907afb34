"""`place`: slices of the populations onto the cores of one chip."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from neurodeploy.deployment.placement import Placement, Slice, Usage
from neurodeploy.errors import DoesNotCompile
from neurodeploy.hardware import Hardware
from neurodeploy.placement.afferents import Afferents, all_afferents, load
from neurodeploy.placement.cut import Range, cut, smallest
from neurodeploy.placement.limits import AXONS_OUT, NEURONS, Load, binding_limits, exceeded
from neurodeploy.placement.refusal import too_large, too_many_axons_out, too_many_cores
from neurodeploy.placement.usage import usage
from neurodeploy.program.program import Population, Program

Strategy = Literal["layer-order"]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Plan:
    """How far to spread: neurons a slice at most, by population, and who shares no core."""

    most: Mapping[str, int]
    alone: frozenset[str] = frozenset()


def place(program: Program, hardware: Hardware, strategy: Strategy = "layer-order") -> Placement:
    """Return which neurons live on which core, and what that uses.

    In the order of the program each population is cut into as few slices as cores can hold; a slice
    joins the core before it where neurons, synapse bytes and arriving axons still fit, and opens
    the next core otherwise. Leaving axons depend on where the targets lie, so they are counted
    afterwards: a core with too many is spread over more, and everything placed again. Limits that
    are only assumed are reported beside their use and bind nothing.

    Raises
    ------
    DoesNotCompile
        If the chip does not hold it (ND3201), with every reason.
    """
    afferents = all_afferents(program, hardware)
    limits = binding_limits(hardware)
    plan = _Plan(most={population.name: population.size for population in program.populations})
    while True:
        ranges = _ranges(program, afferents, limits, plan)
        slices = tuple(_packed(program, afferents, limits, plan, ranges))
        used = usage(program, slices, afferents, hardware)
        spread = _spread(program, plan, slices, used, limits)
        if spread == plan:
            break
        plan = spread
    problems = [
        *too_large(program, hardware, ranges, afferents, limits),
        *too_many_axons_out(hardware, slices, used, limits),
        *too_many_cores(hardware, slices),
    ]
    if problems:
        raise DoesNotCompile("ND3201", *problems)
    tiles = tuple(hardware.topology.tile_of(core) for core in range(len(used)))
    return Placement(strategy=strategy, slices=slices, tiles=tiles, usage=used)


def _ranges(
    program: Program, afferents: Mapping[str, Afferents], limits: Load, plan: _Plan
) -> dict[str, tuple[Range, ...]]:
    return {
        population.name: _cut(program, population, afferents, limits, plan.most[population.name])
        for population in program.populations
    }


def _cut(
    program: Program,
    population: Population,
    afferents: Mapping[str, Afferents],
    limits: Load,
    most: int,
) -> tuple[Range, ...]:
    incoming = _incoming(program, population.name, afferents)
    most = min(most, limits.get(NEURONS, most))

    def fits(start: int, stop: int) -> bool:
        return stop - start <= most and not exceeded(load(incoming, start, stop), limits)

    return cut(population, fits)


def _packed(
    program: Program,
    afferents: Mapping[str, Afferents],
    limits: Load,
    plan: _Plan,
    ranges: Mapping[str, tuple[Range, ...]],
) -> Iterator[Slice]:
    core, used, shared = 0, dict[str, int](), True
    for population in program.populations:
        incoming = _incoming(program, population.name, afferents)
        for start, stop in ranges[population.name]:
            more = load(incoming, start, stop)
            both = {name: used.get(name, 0) + more[name] for name in more}
            shares = population.name not in plan.alone
            if used and (exceeded(both, limits) or not (shares and shared)):
                core, both = core + 1, more
            used, shared = both, shares
            yield Slice(population=population.name, core=core, start=start, stop=stop)


def _incoming(
    program: Program, population: str, afferents: Mapping[str, Afferents]
) -> tuple[Afferents, ...]:
    return tuple(afferents[projection.name] for projection in program.projections_to(population))


def _spread(
    program: Program,
    plan: _Plan,
    slices: Sequence[Slice],
    used: Sequence[Mapping[str, Usage]],
    limits: Load,
) -> _Plan:
    """Return a plan that spreads cores with too many leaving axons further; or the same plan.

    Populations that share such a core get cores of their own first; one that is alone is cut in
    proportion, and by a tenth at least, down to its smallest slice.
    """
    most, alone = dict(plan.most), set(plan.alone)
    for core, counts in enumerate(used):
        if not exceeded({AXONS_OUT: counts[AXONS_OUT].used}, limits):
            continue
        here = [part for part in slices if part.core == core]
        if len(here) > 1:
            alone |= {part.population for part in here}
            continue
        name, size = here[0].population, here[0].size
        fitting = min(size * limits[AXONS_OUT] // counts[AXONS_OUT].used, size * 9 // 10)
        fitting = max(fitting, smallest(program.population(name)))
        if fitting < size:
            most[name] = min(most[name], fitting)
            alone.add(name)
    return replace(plan, most=most, alone=frozenset(alone))
