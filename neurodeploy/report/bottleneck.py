"""`Bottleneck`: a unit of the chip that sets the time of steps."""

from dataclasses import dataclass

import numpy as np

from neurodeploy.machine.fidelity import Fidelity
from neurodeploy.machine.times import Unit
from neurodeploy.target import Run

_DIRECTIONS = ("east", "west", "north", "south")
_NAMES = {
    Unit.HOST: "the host",
    Unit.BARRIER: "the barrier",
    Unit.MANAGEMENT: "the management",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Bottleneck:
    """One unit, and the share of all steps whose nominal time it sets."""

    unit: str
    share: float

    def __str__(self) -> str:
        return f"{self.unit} in {100 * self.share:.1f} % of the steps"


def role(fidelity: str) -> str:
    """Return what a bottleneck is at a level of fidelity.

    Where messages queue, a unit's time runs from the step's begin to its last work, so that it may
    have waited for another.
    """
    return "longest, waiting included" if fidelity == Fidelity.L3 else "time set by"


def bottlenecks_of(run: Run) -> tuple[Bottleneck, ...]:
    """Return the units that set the time of the run's steps, the most frequent first."""
    if run.bound_by is None or run.link_messages is None:
        return ()
    run_steps = run.bound_by[run.bound_by[..., 0] >= 0]  # none where an exit came before
    whose, steps = np.unique(run_steps, axis=0, return_counts=True)
    width = run.link_messages.shape[1]
    order = np.argsort(-steps, kind="stable")
    return tuple(
        Bottleneck(
            unit=_name(Unit(whose[k, 0]), int(whose[k, 1]), width),
            share=float(steps[k] / steps.sum()),
        )
        for k in order
    )


def _name(unit: Unit, number: int, width: int) -> str:
    match unit:
        case Unit.SWEEP:
            return f"the neurons of core {number}"
        case Unit.SYNAPSES:
            return f"the synapses of core {number}"
        case Unit.MEMORY:
            return f"the synapse memory of core {number}"
        case Unit.LINK:
            tile, direction = divmod(number, len(_DIRECTIONS))
            return f"the link {_DIRECTIONS[direction]} of tile ({tile % width}, {tile // width})"
        case _:
            return _NAMES[unit]
