"""What makes a layer drift from the float model: integers put in one kind after the other.

Every rung simulates the layer on the float model's own spikes, so that nothing is inherited:
first with rounded weights and exact arithmetic, then with rounded decays, then truncated states,
then voltages that saturate, at last currents that wrap. What is left is inherited from the layers
before.
"""

from collections.abc import Mapping
from dataclasses import replace
from enum import StrEnum

import numpy as np

from neurodeploy.lowering.normal_form import normal_form
from neurodeploy.model import Model, Spiking
from neurodeploy.verification.arrivals import arrivals
from neurodeploy.verification.layer import Floats, Ints, Layer
from neurodeploy.verification.rules import MEANING, Overflow, Rounding
from neurodeploy.verification.stepper import move


class Cause(StrEnum):
    """Why an integer layer spikes where the float layer does not, or the other way round."""

    WEIGHTS = "weights"
    DECAYS = "decays"
    TRUNCATION = "truncation"
    SATURATION = "saturation"
    WRAP = "wrap"
    INHERITED = "inherited"


def causes_of(
    model: Model, layer: Layer, heard: Mapping[str, Ints], wanted: Floats, differing: int
) -> Mapping[Cause, int]:
    """Return by how many differing spikes each cause adds to those before it; they sum to all.

    A negative number means that it undid some. Empty for a layer that has no such ladder.

    Parameters
    ----------
    heard : what the layer hears when the float model runs, in the program's steps.
    wanted : the float layer's spikes (sample, step, neuron), in its own steps.
    differing : neuron-steps in which the integers' spikes differ from `wanted`.
    """
    population = model.population(layer.name)
    if not isinstance(population.neuron, Spiking):
        return {}
    n_samples, n_steps, _ = wanted.shape
    lag = layer.population.t_start
    arriving = arrivals(layer, heard, (n_samples, n_steps + lag))
    counts = {
        cause: int(np.count_nonzero(move(rung, arriving).outputs[:, lag:] != wanted))
        for cause, rung in _rungs(model, layer).items()
    }
    counts[Cause.INHERITED] = differing
    before = [0, *counts.values()]
    return {cause: count - before[k] for k, (cause, count) in enumerate(counts.items())}


def _rungs(model: Model, layer: Layer) -> dict[Cause, Layer]:
    form = normal_form(model.population(layer.name), model.dt_s)
    unit = float(layer.formats.decay_unit)
    exact = replace(MEANING, rounding=Rounding.NONE, current=Overflow.NONE, voltage=Overflow.NONE)
    truncated = replace(exact, rounding=Rounding.TOWARD_ZERO)
    return {
        Cause.WEIGHTS: replace(
            layer,
            rules=exact,
            keep_i=unit * (1.0 - form.leak_i),
            keep_v=unit * (1.0 - form.leak_v),
        ),
        Cause.DECAYS: replace(layer, rules=exact),
        Cause.TRUNCATION: replace(layer, rules=truncated),
        Cause.SATURATION: replace(layer, rules=replace(truncated, voltage=MEANING.voltage)),
        Cause.WRAP: layer,
    }
