"""Accuracy of a conversion over the steps, as every experiment here measures it."""

from neurodeploy.frontends.samples import Samples
from neurodeploy.methods.conversion.over_steps import accuracy_over_steps, logits_over_steps
from neurodeploy.model import Model


def curve(model: Model, samples: Samples, n_steps: int, batch_size: int = 50) -> list[float]:
    """Return the accuracy after each step, 0 to 1."""
    assert samples.y is not None
    logits = logits_over_steps(model, samples, n_steps, batch_size=batch_size)
    return [round(float(a), 6) for a in accuracy_over_steps(logits, samples.y)]
