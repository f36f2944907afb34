"""What an attacker ascends: class scores of a network, differentiable in its input."""

from collections.abc import Callable

from torch import Tensor

from neurodeploy.audits.leak.rectified import rectified, with_unit_thresholds
from neurodeploy.learning.twin import Trainable, Twin
from neurodeploy.learning.twin.paths import Path
from neurodeploy.learning.twin.surrogate import Surrogate
from neurodeploy.model import Model

Score = Callable[[Tensor], Tensor]
"""(sample, *shape) of values within 0 and 1, the input's whole range, to (sample, class)."""


def rebuilt_score(model: Model) -> Score:
    """Return the scores of the network of rectifiers that `model` was made of."""
    return _score(Twin(rectified(model), trainable=_FIXED), 1)


def spiking_score(
    model: Model, n_steps: int, surrogate: Surrogate, path: Path | None = None
) -> Score:
    """Return what the spiking network reads out, a step, for a value shown `n_steps` times.

    Gradients are those of the surrogate, in thresholds.
    """
    twin = Twin(with_unit_thresholds(model), surrogate=surrogate, trainable=_FIXED, path=path)
    return _score(twin, n_steps)


def _score(twin: Twin, n_steps: int) -> Score:
    twin.eval()
    node = twin.template.inputs[0]

    def score(units: Tensor) -> Tensor:
        x = node.low + (node.high - node.low) * units
        logits: Tensor = twin(x[:, None].expand(-1, n_steps, *[-1] * (x.ndim - 1))).logits
        return logits / n_steps

    return score


def values(units: Tensor, model: Model) -> Tensor:
    """Return `units`, 0 to 1, as values of the model's input."""
    node = model.inputs[0]
    return node.low + (node.high - node.low) * units


def units(x: Tensor, model: Model) -> Tensor:
    """Return values of the model's input as shares of its range."""
    node = model.inputs[0]
    return (x - node.low) / (node.high - node.low)


_FIXED = Trainable(weights=False)
