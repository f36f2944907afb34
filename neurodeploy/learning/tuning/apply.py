"""Settings applied to a network, before it is trained or compiled."""

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np
from torch import Tensor

from neurodeploy.learning.prepare import with_percentile_thresholds
from neurodeploy.model import (
    CubaLi,
    CubaLif,
    If,
    Li,
    Lif,
    Model,
    Population,
    Projection,
    Scale,
    Threshold,
)

Settings = Mapping[str, float]
"""Values by `Tunable.key`."""


def applied(model: Model, settings: Settings, calibration: Callable[[], Tensor]) -> Model:
    """Return `model` with `settings`; those of training and of the stimulus change nothing in it.

    Parameters
    ----------
    calibration : gives training samples (sample, step, *shape) for a percentile.
    """
    if "percentile" in settings:
        model = with_percentile_thresholds(model, calibration(), settings["percentile"])
    populations = tuple(_changed(p, settings) for p in model.populations)
    projections = model.projections
    if "input_gain" in settings:
        names = {node.name for node in model.inputs}
        projections = tuple(_amplified(p, names, settings["input_gain"]) for p in projections)
    return replace(
        model,
        populations=populations,
        projections=projections,
        history=(*model.history, f"tuned: {as_text(settings)}"),
    )


def as_text(settings: Settings) -> str:
    """Return ``threshold=0.5, leak=2``, each value so that it reads back."""
    return ", ".join(as_texts(settings))


def as_texts(settings: Settings) -> list[str]:
    """Return ``threshold=0.5`` and so on, each value so that it reads back."""
    return [f"{key}={value!r}".removesuffix(".0") for key, value in settings.items()]


def _changed(population: Population, settings: Settings) -> Population:
    for key, factor in settings.items():
        kind, _, layer = key.partition(":")
        if layer in ("", population.name):
            population = _with(population, kind, factor)
    return population


def _with(population: Population, kind: str, factor: float) -> Population:
    neuron = population.neuron
    match kind, neuron:
        case "threshold", If() | Lif() | CubaLif():
            raised = replace(neuron, v_threshold=neuron.v_threshold * factor)
            return replace(population, neuron=raised)
        case "threshold", Threshold():
            above = replace(neuron, threshold=neuron.threshold * factor)
            return replace(population, neuron=above)
        case "leak", Lif() | Li():
            # r over the factor: what arrives is weighted by r times the leak
            leaky = replace(neuron, tau_s=neuron.tau_s / factor, r=neuron.r / factor)
            return replace(population, neuron=leaky)
        case "leak", CubaLif() | CubaLi():
            tau_s = neuron.tau_mem_s / factor
            leaky_too = replace(neuron, tau_mem_s=tau_s, r=neuron.r / factor)
            return replace(population, neuron=leaky_too)
    return population


def _amplified(projection: Projection, inputs: set[str], gain: float) -> Projection:
    if not inputs & set(projection.sources):
        return projection
    return replace(projection, chain=(Scale(scale=np.full((), gain)), *projection.chain))
