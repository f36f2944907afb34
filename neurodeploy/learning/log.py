"""What each epoch of a training gave, and the file it is written to."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from neurodeploy.storage.atomic import new_file

SCHEMA = 1


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


def write_log(epochs: Sequence[Epoch], path: Path) -> None:
    """Write the epochs as JSON; it holds no time or host, so equal trainings give equal bytes."""
    document = {"schema": SCHEMA, "epochs": [asdict(epoch) for epoch in epochs]}
    with new_file(path) as temporary:
        temporary.write_text(json.dumps(document, indent=1, sort_keys=True) + "\n")
