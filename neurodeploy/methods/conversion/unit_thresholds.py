"""A spiking network whose thresholds are all 1, so that one surrogate fits every layer."""

from dataclasses import replace

import numpy as np

from neurodeploy.model import (
    Affine,
    BatchNorm,
    Conv1d,
    Conv2d,
    If,
    Model,
    Operator,
    Population,
    Projection,
    Scale,
)
from neurodeploy.passes.fold_scale import FoldScale


def with_unit_thresholds(model: Model) -> Model:
    """Return the network that spikes as `model` does, its If layers scaled to the threshold 1.

    What arrives and where the voltage starts is divided by the threshold (data-based normalisation
    of weights, Diehl et al. 2015); layers with several thresholds stay as they are. What spikes
    stand for moves into the weights behind them; how the input is scaled stays apart, lest the
    weights of pixels up to 255 were as small as their gradients are large.
    """
    thetas = {p.name: _threshold(p) for p in model.populations}
    divided = {name: theta for name, theta in thetas.items() if theta is not None}
    populations = tuple(
        _scaled(p, divided[p.name]) if p.name in divided else p for p in model.populations
    )
    entries = {entry.name for entry in model.inputs}
    folded = FoldScale().apply(model).projections
    apart = (
        old if entries & set(old.sources) else new
        for old, new in zip(model.projections, folded, strict=True)
    )
    projections = tuple(
        replace(p, chain=_divided(p, divided[p.target])) if p.target in divided else p
        for p in apart
    )
    return replace(model, populations=populations, projections=projections)


def _threshold(population: Population) -> float | None:
    if not isinstance(population.neuron, If) or population.neuron.v_threshold.size != 1:
        return None
    return float(population.neuron.v_threshold.ravel()[0])


def _scaled(population: Population, theta: float) -> Population:
    neuron = population.neuron
    assert isinstance(neuron, If)
    return replace(
        population,
        neuron=replace(neuron, v_threshold=np.ones(())),
        v0=population.v0 / theta,
        v_reset=population.v_reset / theta,
    )


def _divided(projection: Projection, theta: float) -> tuple[Operator, ...]:
    """Return the chain with its result divided, in its last weights where these stand last."""
    *before, last = projection.chain or (Scale(scale=np.ones(())),)
    match last:
        case Affine() | Conv1d() | Conv2d():
            bias = None if last.bias is None else last.bias / theta
            return (*before, replace(last, weight=last.weight / theta, bias=bias))
        case BatchNorm():
            return (*before, replace(last, gamma=last.gamma / theta, beta=last.beta / theta))
        case Scale():
            return (*before, replace(last, scale=last.scale / theta))
        case _:
            return (*before, last, Scale(scale=np.array(1.0 / theta)))
