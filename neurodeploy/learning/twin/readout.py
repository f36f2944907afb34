"""An output's values over the steps as one value a neuron, differentiable."""

from collections.abc import Mapping

import torch
from torch import Tensor

from neurodeploy.model import I, Model, Output
from neurodeploy.terms import Readout


def read(output: Output, values: Tensor) -> Tensor:
    """Return the readout (sample, neuron) of `values` (step, sample, *shape).

    Steps before the output's first one count for nothing.
    """
    window = values[output.first_step :].flatten(2)
    if not len(window):
        return torch.zeros_like(values[0]).flatten(1)
    match output.readout:
        case Readout.COUNT | Readout.SUM:
            return window.sum(dim=0)
        case Readout.MEAN:
            return window.mean(dim=0)
        case Readout.LAST:
            return window[-1]
        case Readout.MAX:
            return window.amax(dim=0)


def each_step(model: Model, outputs: Mapping[str, Tensor]) -> Tensor:
    """Return what each step contributes to the first output, (step, sample, neuron).

    An integrator that is read at the end adds up what arrives, so a step contributes what its
    voltage gains; elsewhere it is the step's own value.
    """
    output = model.outputs[0]
    window = outputs[output.population][output.first_step :].flatten(2)
    if output.readout is Readout.LAST and isinstance(model.population(output.population).neuron, I):
        return torch.diff(window, dim=0, prepend=torch.zeros_like(window[:1]))
    return window
