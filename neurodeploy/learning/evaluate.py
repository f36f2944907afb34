"""Accuracy and firing rates of a twin on one part of the data."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import torch
from torch import Tensor

from neurodeploy.frontends.samples import Encoding, Samples
from neurodeploy.learning.data import batches, labels_of, series
from neurodeploy.learning.quantised import QuantisedTwin
from neurodeploy.learning.twin.twin import Twin
from neurodeploy.model import Spiking

BATCH = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """Accuracy, 0 to 1, and spikes a neuron and step by population."""

    accuracy: float
    rates: Mapping[str, float]


def evaluate(
    twin: Twin | QuantisedTwin,
    part: Samples,
    encoding: Encoding | None,
    *,
    shown: Callable[[Tensor, Tensor], Tensor] | None = None,
) -> Score:
    """Return the score of the whole `part`, without training.

    Parameters
    ----------
    shown : what to show in the place of the samples (sample, step, *shape), of them and their
        labels; None shows them.
    """
    was_training = twin.training
    twin.eval()
    right, spikes, n_steps = 0, dict[str, float](), 0
    names = [p.name for p in twin.template.populations if isinstance(p.neuron, Spiking)]
    device = str(next(iter(twin.parameters())).device)
    with torch.no_grad():
        for chosen in batches(part, BATCH, None):
            x = series(part, chosen, encoding, twin.template.inputs[0].shape, device)
            labels = labels_of(part, chosen).to(device)
            trace = twin(x if shown is None else shown(x, labels))
            right += int((trace.logits.argmax(dim=1) == labels).sum())
            n_steps += x.shape[0] * x.shape[1]
            for name in names:
                fired = float((trace.outputs[name] != 0).sum())
                spikes[name] = spikes.get(name, 0.0) + fired
    twin.train(was_training)
    sizes = {name: twin.template.population(name).size for name in names}
    return Score(
        accuracy=right / part.n_samples,
        rates={name: spikes[name] / (n_steps * sizes[name]) for name in names},
    )
