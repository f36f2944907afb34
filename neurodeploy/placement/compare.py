"""`compare_placements`: what each strategy makes of one program, side by side."""

from dataclasses import dataclass

import numpy as np

from neurodeploy.deployment.placement import Placement
from neurodeploy.errors import DoesNotCompile
from neurodeploy.hardware import Hardware
from neurodeploy.machine.links import link_loads, messages
from neurodeploy.placement.activity import Activity, every_step
from neurodeploy.placement.place import place
from neurodeploy.placement.strategy import Strategy
from neurodeploy.placement.work import Work, work_of
from neurodeploy.program.program import Program


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacementRow:
    """One placement in figures, each per time step of the activity that was assumed.

    Parameters
    ----------
    busiest_core_work : in `unit`, ``ticks`` or ``operations``; see `Work`.
    imbalance : the busiest core's work over the mean of the cores in use.
    messages : from core to core, one a spike and destination; those of the host left out.
    busiest_link_messages, hops : under XY routing; a message inside a tile takes no link.
    """

    strategy: Strategy
    n_cores: int
    n_tiles: int
    unit: str
    busiest_core_work: float
    imbalance: float
    messages: float
    busiest_link_messages: float
    hops: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedPlacement:
    """A strategy that found no placement, and why."""

    strategy: Strategy
    reasons: tuple[str, ...]


def compare_placements(
    program: Program, hardware: Hardware, activity: Activity | None = None
) -> tuple[PlacementRow | RefusedPlacement, ...]:
    """Return a row for each strategy; `activity` is as in `place`."""
    activity = activity or every_step(program)
    work = work_of(program, hardware, activity)
    rows: list[PlacementRow | RefusedPlacement] = []
    for strategy in Strategy:
        try:
            placement = place(program, hardware, strategy, activity)
        except DoesNotCompile as error:
            rows.append(RefusedPlacement(strategy=strategy, reasons=error.problems))
        else:
            rows.append(placement_row(program, placement, work, activity))
    return tuple(rows)


def placement_row(
    program: Program, placement: Placement, work: Work, activity: Activity
) -> PlacementRow:
    """Return the figures of one placement."""
    busy = np.asarray(work.by_core(placement.slices)) / work.n_steps
    sent = messages(program, placement, activity.spikes)
    loads = link_loads(sent, placement.tiles) / activity.n_steps
    return PlacementRow(
        strategy=Strategy(placement.strategy),
        n_cores=placement.n_cores,
        n_tiles=len(set(placement.tiles)),
        unit=work.unit,
        busiest_core_work=float(busy.max(initial=0.0)),
        imbalance=float(busy.max() / busy.mean()) if busy.any() else 1.0,
        messages=float(sent.sum()) / activity.n_steps,
        busiest_link_messages=float(loads.max(initial=0.0)),
        hops=float(loads.sum()),
    )
