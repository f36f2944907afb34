"""The unit in which a converted network's readout counts, so that a chip's integers hold it."""

import math
from dataclasses import replace

import numpy as np
import torch

from neurodeploy.frontends.samples import Samples
from neurodeploy.learning.data import series
from neurodeploy.learning.twin.twin import Twin
from neurodeploy.methods.conversion.activations import ONCE
from neurodeploy.model import I, Model

LARGE = 64.0
"""Logits above which the readout gets a unit; lowering takes a readout's threshold for 1."""

_SHOWN = 256


def readout_unit(ann: Model, samples: Samples) -> float:
    """Return 1, or, for large logits, the power of two that brings the largest of a few below 1.

    It costs no bits: the integers of a readout are scaled to what they must hold.
    """
    shown = np.arange(min(_SHOWN, samples.n_samples))
    with torch.no_grad():
        logits = Twin(ann).eval()(series(samples, shown, ONCE, ann.inputs[0].shape)).logits
    largest = float(logits.abs().max())
    return 1.0 if largest <= LARGE else 2.0 ** math.ceil(math.log2(largest))


def in_units(model: Model, unit: float) -> Model:
    """Return `model` whose integrating outputs count in so many of what they count in now."""
    read = {output.population for output in model.outputs}
    populations = tuple(
        replace(p, neuron=I(r=p.neuron.r / unit))
        if p.name in read and isinstance(p.neuron, I)
        else p
        for p in model.populations
    )
    return replace(model, populations=populations)


def unit_of(model: Model) -> float:
    """Return the unit in which the first output of `model` counts."""
    neuron = model.population(model.outputs[0].population).neuron
    return float(1.0 / (neuron.r.max() * model.dt_s)) if isinstance(neuron, I) else 1.0
