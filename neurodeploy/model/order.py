"""In which order the populations of a Model move within a step."""

from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from neurodeploy.model.model import Model


def step_order(model: "Model") -> tuple[str, ...]:
    """Return the populations' names, each after those that reach it in the same step.

    Raises
    ------
    ValueError
        If projections without delay form a loop.
    """
    populations = [population.name for population in model.populations]
    before: dict[str, set[str]] = {name: set() for name in populations}
    for projection in model.projections:
        if projection.delay_steps == 0:
            before[projection.target] |= set(projection.sources) & set(populations)
    try:
        ordered = {name: sorted(sources) for name, sources in before.items()}
        return tuple(TopologicalSorter(ordered).static_order())
    except CycleError as error:
        loop = " -> ".join(error.args[1])
        raise ValueError(f"the loop {loop} has no delay; a loop needs at least one step") from None
