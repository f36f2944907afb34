"""`place`: slices of the populations onto the cores of one chip."""

from collections.abc import Mapping
from typing import assert_never

from neurodeploy.deployment.placement import Placement, Slice, Usage
from neurodeploy.errors import DoesNotCompile
from neurodeploy.hardware import Hardware
from neurodeploy.machine.links import Tile
from neurodeploy.placement.activity import Activity, every_step
from neurodeploy.placement.balanced import balanced
from neurodeploy.placement.layer_order import layer_order
from neurodeploy.placement.own_cores import apart, own_cores, refusals, with_own_limits
from neurodeploy.placement.problem import Problem, problem_of
from neurodeploy.placement.refusal import too_large, too_many_axons_out, too_many_cores
from neurodeploy.placement.strategy import Strategy
from neurodeploy.placement.traffic_aware import settle
from neurodeploy.placement.work import work_of
from neurodeploy.program.program import Program


def place(
    program: Program,
    hardware: Hardware,
    strategy: Strategy = Strategy.LAYER_ORDER,
    activity: Activity | None = None,
) -> Placement:
    """Return which neurons live on which core, and what that uses.

    Limits that are only assumed are reported beside their use and bind nothing.

    Parameters
    ----------
    activity : what `balanced` and `traffic-aware` plan for; None is a spike of all in every step.

    Raises
    ------
    DoesNotCompile
        If the chip does not hold it (ND3201), with every reason.
    """
    problem = problem_of(program, hardware)
    activity = activity or every_step(program)
    slices = apart(_slices(problem, strategy, activity), hardware)
    used = problem.used(slices)
    problems = [
        *too_large(problem, slices),
        *too_many_axons_out(problem, slices, used),
        *too_many_cores(problem, slices),
    ]
    if problems:
        raise DoesNotCompile("ND3201", *problems)
    if hardware.core_limits:
        return _on_own_cores(problem, strategy, slices, used)
    tiles = _numbered(hardware, len(used))
    if strategy is Strategy.TRAFFIC_AWARE and used:
        numbered = _numbered(hardware, problem.n_cores or len(used))
        tiles = settle(problem, slices, numbered, activity)
    return Placement(strategy=strategy.value, slices=slices, tiles=tiles, usage=used)


def _on_own_cores(
    problem: Problem,
    strategy: Strategy,
    slices: tuple[Slice, ...],
    used: tuple[Mapping[str, Usage], ...],
) -> Placement:
    """Return the placement on a chip whose cores differ: what fits decides who lies where."""
    hardware = problem.hardware
    found = own_cores(hardware, used, problem.n_cores or len(used))
    problems = refusals(hardware, slices, used, found)
    if problems:
        raise DoesNotCompile("ND3201", *problems)
    cores = [core for core in found if core is not None]
    tiles = tuple(hardware.topology.tile_of(core) for core in cores)
    usage = with_own_limits(hardware, used, cores)
    return Placement(strategy=strategy.value, slices=slices, tiles=tiles, usage=usage)


def _slices(problem: Problem, strategy: Strategy, activity: Activity) -> tuple[Slice, ...]:
    match strategy:
        case Strategy.LAYER_ORDER:
            return layer_order(problem)
        case Strategy.BALANCED | Strategy.TRAFFIC_AWARE:
            return balanced(problem, work_of(problem.program, problem.hardware, activity))
    assert_never(strategy)


def _numbered(hardware: Hardware, n_cores: int) -> tuple[Tile, ...]:
    """Return the tiles of cores 0 to `n_cores`, as the chip numbers them."""
    return tuple(hardware.topology.tile_of(core) for core in range(n_cores))
