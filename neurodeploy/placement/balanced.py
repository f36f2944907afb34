"""Strategy `balanced`: the busiest core's work is the least that the chip's cores allow."""

from collections.abc import Sequence

import numpy as np

from neurodeploy.deployment.placement import Slice
from neurodeploy.placement.afferents import load
from neurodeploy.placement.cut import Fits, longest, smallest
from neurodeploy.placement.layer_order import layer_order
from neurodeploy.placement.limits import AXONS_OUT, NEURONS, Load, exceeded
from neurodeploy.placement.problem import Problem
from neurodeploy.placement.work import Work

_PRECISION = 1000
"""The busiest core's work is the least to within one part of this."""


def balanced(problem: Problem, work: Work) -> tuple[Slice, ...]:
    """Return slices on cores numbered from 0, in the program's order, no core busier than needed.

    The least cap on a core's work is found by bisection; under a cap, each core is filled in order
    as far as the cap and its limits allow, which for a chain of neurons needs the fewest cores.
    All cores of the chip may be used, but none is opened for what the barrier hides: a step takes
    as long as the barrier in any case. Where the chip states no number of cores, as many as
    `layer_order` takes. The result is never busier than that of `layer_order`.
    """
    best = layer_order(problem)
    if not problem.covers(best):
        return best
    allowed = problem.n_cores or max(part.core for part in best) + 1
    if max(part.core for part in best) >= allowed:
        fewest = _filled(problem, work, work.total, allowed)
        if fewest is None:
            return best
        best = fewest
    low, high = _floor(problem, work, allowed), max(work.by_core(best))
    while high - low > high // _PRECISION:
        cap = (low + high) // 2
        found = _filled(problem, work, cap, allowed)
        if found is None:
            low = cap + 1
        else:
            best, high = found, max(work.by_core(found))
    return best


def _floor(problem: Problem, work: Work, n_cores: int) -> int:
    """Return what no cap has to go below: the mean, the busiest neuron or row, the barrier."""
    units = (
        int(np.diff(work.before[population.name][:: smallest(population)]).max(initial=0))
        for population in problem.program.populations
    )
    return max(-(-work.total // n_cores), *units, _barrier(problem, work))


def _barrier(problem: Problem, work: Work) -> int:
    """Return what a core can do while the shortest barrier lasts; 0 where that is unknown."""
    sync = next((quantity for _, quantity in problem.hardware.sync_s), None)
    if sync is None or sync.value is None or work.unit != "ticks":
        return 0
    return problem.hardware.ticks(sync.value) * work.n_steps


def _filled(problem: Problem, work: Work, cap: int, n_cores: int) -> tuple[Slice, ...] | None:
    """Return slices on at most `n_cores` cores of at most `cap` work each; None if there are none.

    What slices of one core share is counted for each of them, so a core may have room left.
    """
    found: list[Slice] = []
    core, used, busy = 0, dict[str, int](), 0
    for population in problem.program.populations:
        name, start = population.name, 0
        while start < population.size:
            stop = longest(population, start, _fits(problem, work, name, used, cap - busy))
            if stop is not None:
                used = _together(used, load(problem.incoming(name), start, stop))
                busy += work.of(name, start, stop)
                found.append(Slice(population=name, core=core, start=start, stop=stop))
                start = stop
            elif not used or core + 1 == n_cores:
                return None
            else:
                core, used, busy = core + 1, {}, 0
    return tuple(found) if _sends_within_limits(problem, found) else None


def _fits(problem: Problem, work: Work, population: str, used: Load, left: int) -> Fits:
    """Return what says whether neurons ``start:stop`` fit beside `used`, with `left` work."""
    incoming, limits = problem.incoming(population), problem.limits
    room = limits[NEURONS] - used.get(NEURONS, 0) if NEURONS in limits else None

    def fits(start: int, stop: int) -> bool:
        if work.of(population, start, stop) > left or (room is not None and stop - start > room):
            return False
        return not exceeded(_together(used, load(incoming, start, stop)), limits)

    return fits


def _together(used: Load, more: Load) -> dict[str, int]:
    return {name: used.get(name, 0) + more[name] for name in more}


def _sends_within_limits(problem: Problem, slices: Sequence[Slice]) -> bool:
    if AXONS_OUT not in problem.limits:
        return True
    used = problem.used(slices)
    return all(core[AXONS_OUT].used <= problem.limits[AXONS_OUT] for core in used)
