"""Strategy `balanced`: the busiest core's work is the least that the chip's cores allow."""

from collections.abc import Sequence

import numpy as np

from neurodeploy.deployment.placement import Slice
from neurodeploy.placement.afferents import load
from neurodeploy.placement.barrier import spans
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
    All cores of the chip may be used, but none is opened for what the barrier hides, nor more tiles
    than pay for their longer barrier: a step takes as long as the longer of the busiest core and
    the barrier. Where the chip states no number of cores, as many as `layer_order` takes; a step is
    never longer than with `layer_order`.
    """
    plain = layer_order(problem)
    if not problem.covers(plain):
        return plain
    best, least = plain, None
    for n_cores, ticks in spans(problem.hardware, problem.n_cores or count_cores(plain)):
        barrier = ticks * work.n_steps if work.unit == "ticks" else 0
        found = _least(problem, work, plain, n_cores, barrier)
        if found is not None:
            longest_step = max(barrier, *work.by_core(found))
            if least is None or longest_step < least:
                best, least = found, longest_step
    return best


def count_cores(slices: Sequence[Slice]) -> int:
    """Return how many cores, numbered from 0, `slices` lie on."""
    return max((part.core for part in slices), default=-1) + 1


def _least(
    problem: Problem, work: Work, plain: tuple[Slice, ...], n_cores: int, barrier: int
) -> tuple[Slice, ...] | None:
    """Return slices on `n_cores` whose busiest core works least, or hides under the barrier."""
    fits = count_cores(plain) <= n_cores
    best = plain if fits else _filled(problem, work, work.total, n_cores)
    if best is None:
        return None
    low, high = max(barrier, _floor(problem, work, n_cores)), max(work.by_core(best), default=0)
    while high - low > high // _PRECISION:
        cap = (low + high) // 2
        found = _filled(problem, work, cap, n_cores)
        if found is None:
            low = cap + 1
        else:
            best, high = found, max(work.by_core(found))
    return best


def _floor(problem: Problem, work: Work, n_cores: int) -> int:
    """Return what no core's cap can go below: the mean of all, the busiest neuron or row."""
    units = (
        int(np.diff(work.before[population.name][:: smallest(population)]).max(initial=0))
        for population in problem.program.populations
    )
    return max(-(-work.total // n_cores), *units)


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
