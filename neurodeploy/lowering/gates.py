"""Neurons with threshold 0: they fire on any input (the OR of windows), or in every step."""

from collections.abc import Mapping

import numpy as np

from neurodeploy.geometry.conv import ConvGeometry
from neurodeploy.model import Max, Model, Operator
from neurodeploy.model import Population as ModelPopulation
from neurodeploy.model.padding import padding_of
from neurodeploy.program import Conv, NumberFormat, Population, Projection


def gate(
    name: str, shape: tuple[int, ...], t_start: int, formats: NumberFormat, *, always: bool = False
) -> Population:
    """Return neurons that fire in a step with positive input, or with `always` in every step."""
    nothing = np.zeros((), np.int32)
    return Population(
        name=name,
        shape=shape,
        du=np.asarray(formats.decay_unit - 1, np.int32),
        dv=nothing,
        vth=nothing,
        bias_mant=np.asarray(int(always), np.int32),
        t_start=t_start,
    )


def window_projections(
    model: Model, population: ModelPopulation, neuron: Max, lag: Mapping[str, int]
) -> tuple[Projection, ...]:
    """Return unit weights from each window to its neuron: the maximum over spikes is their OR."""
    return tuple(
        Projection(
            name=p.name if len(p.sources) == 1 else f"{p.name}.{source}",
            sources=(source,),
            target=population.name,
            operator=_windows(neuron, p.chain, model.node(source).shape),
            delay_steps=p.delay_steps + lag[population.name] - lag[source],
        )
        for p in model.projections_to(population.name)
        for source in p.sources
    )


def _windows(neuron: Max, chain: tuple[Operator, ...], shape: tuple[int, ...]) -> Conv:
    padding = padding_of(chain, shape)
    assert padding is not None
    channels, height, width = shape
    geometry = ConvGeometry(
        input_shape=(channels, height, width),
        out_channels=channels,
        kernel=neuron.kernel,
        stride=neuron.stride,
        padding=padding,
        groups=channels,
    )
    return Conv(mantissa=np.ones(geometry.weight_shape, np.int32), geometry=geometry)
