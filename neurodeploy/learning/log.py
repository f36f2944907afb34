"""What each epoch of a training gave."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Epoch:
    """One epoch.

    Parameters
    ----------
    number : from 1.
    loss : mean over the training samples.
    train_accuracy : while training, so with weights that still move.
    rates : spikes a neuron and step on the validation part, by population that spikes.
    """

    number: int
    loss: float
    train_accuracy: float
    validation_accuracy: float
    learning_rate: float
    rates: Mapping[str, float]
