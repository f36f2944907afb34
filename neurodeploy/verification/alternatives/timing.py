"""Alternatives of the delays: a projection, or the whole layer, some steps earlier or later."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from neurodeploy.program import Projection
from neurodeploy.verification.alternatives.alternative import Alternative, Rule
from neurodeploy.verification.alternatives.replaced import replaced
from neurodeploy.verification.layer import Layer

_STEPS = (1, -1, 2, -2)


def projection_delays(layer: Layer) -> Iterator[Alternative]:
    """Yield each projection some steps later or earlier, and without delays of its synapses."""
    for projection in layer.projections:
        for steps in _STEPS:
            if np.min(projection.delay_steps, initial=99) + steps >= 0:
                says = f"projection {projection.name!r} takes {_steps(steps)} than it should"
                yield replaced(layer, Rule.DELAY, says, _later(projection, steps))
        if isinstance(projection.delay_steps, np.ndarray) and (projection.delay_steps != 1).any():
            says = f"projection {projection.name!r} takes 1 step for every synapse"
            yield replaced(layer, Rule.DELAY, says, replace(projection, delay_steps=1))


def layer_delays(layer: Layer) -> Iterator[Alternative]:
    """Yield the whole layer some steps later or earlier: all that arrives, and its first step."""
    for steps in _STEPS:
        least = min((int(np.min(p.delay_steps, initial=99)) for p in layer.projections), default=0)
        if min(least, layer.population.t_start) + steps < 0:
            continue
        moved = replace(
            layer,
            population=replace(layer.population, t_start=layer.population.t_start + steps),
            projections=tuple(_later(p, steps) for p in layer.projections),
        )
        says = f"the whole layer runs {_steps(steps)} than it should"
        yield Alternative(rule=Rule.DELAY, says=says, layer=moved)


def _later(projection: Projection, steps: int) -> Projection:
    return replace(projection, delay_steps=projection.delay_steps + steps)


def _steps(steps: int) -> str:
    noun = "step" if abs(steps) == 1 else "steps"
    return f"{abs(steps)} {noun} {'more' if steps > 0 else 'less'}"
