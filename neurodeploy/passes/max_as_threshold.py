"""Write the maximum of spikes as a sum that crosses a threshold, which NIR and every chip have."""

from collections.abc import Set
from dataclasses import dataclass, replace

import numpy as np

from neurodeploy.model import Max, Model, Population, Spiking, SumPool2d, Threshold
from neurodeploy.model.order import step_order
from neurodeploy.model.padding import padding_of

ANY_SPIKE = 0.5
"""Between no spike in a window and one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MaxAsThreshold:
    """Replace each Max over the spikes of one layer by Threshold neurons over the windows' sums.

    The maximum of spikes is their OR: ``max(s) = 1`` where ``sum(s) > 1/2``. Any other Max
    stays, one by rate too.
    """

    def __call__(self, model: Model) -> Model:
        """Return `apply` of `model`."""
        return self.apply(model)

    def apply(self, model: Model) -> Model:
        """Return `model` without a Max over spikes; itself if it has none."""
        sums: dict[str, SumPool2d] = {}
        for name in step_order(model):
            window = _window_sum(model, model.population(name), sums.keys())
            if window is not None:
                sums[name] = window
        if not sums:
            return model
        projections = tuple(
            replace(p, chain=(sums[p.target],)) if p.target in sums else p
            for p in model.projections
        )
        neuron = Threshold(threshold=np.full((), ANY_SPIKE))
        populations = tuple(
            replace(p, neuron=neuron) if p.name in sums else p for p in model.populations
        )
        line = f"the maximum of spikes in {', '.join(sums)} is a sum above a threshold"
        history = (*model.history, line)
        return replace(model, populations=populations, projections=projections, history=history)


def _window_sum(model: Model, pool: Population, before: Set[str]) -> SumPool2d | None:
    """Return the sum over the windows of `pool`, None if it is no Max over one layer's spikes.

    The populations in `before` send spikes, as they are replaced.
    """
    into = model.projections_to(pool.name)
    if not isinstance(pool.neuron, Max) or pool.neuron.by_rate:
        return None
    if len(into) != 1 or len(into[0].sources) != 1:
        return None
    source = model.node(into[0].sources[0])
    spikes = isinstance(source, Population) and isinstance(source.neuron, Spiking)
    padding = padding_of(into[0].chain, source.shape)
    if padding is None or not (spikes or source.name in before):
        return None
    return SumPool2d(kernel=pool.neuron.kernel, stride=pool.neuron.stride, padding=padding)
