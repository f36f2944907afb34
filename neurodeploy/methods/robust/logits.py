"""The readout per step, which losses and attacks take so that they do not depend on their number.

Only its scale differs from what a deployed network answers, never the class.
"""

from torch import Tensor

from neurodeploy.learning.quantised import QuantisedTwin
from neurodeploy.learning.twin.twin import Trace, Twin
from neurodeploy.model import I, Model
from neurodeploy.terms import Readout


def per_step(twin: Twin | QuantisedTwin, x: Tensor) -> Tensor:
    """Return the logits (sample, class) for series (sample, step, *shape)."""
    return per_step_of(twin.template, twin(x))


def per_step_of(model: Model, trace: Trace) -> Tensor:
    """Return the logits (sample, class) of a run: what adds up over steps, by their number."""
    output = model.outputs[0]
    n_steps = len(trace.outputs[output.population]) - output.first_step
    integrates = isinstance(model.population(output.population).neuron, I)
    adds_up = output.readout in (Readout.COUNT, Readout.SUM)
    if adds_up or (output.readout is Readout.LAST and integrates):
        return trace.logits / max(n_steps, 1)
    return trace.logits
