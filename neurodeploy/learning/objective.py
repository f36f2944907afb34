"""`Objective`: what stands in the place of the loss where a method has a task of its own."""

from typing import Protocol

import torch
from torch import Tensor

from neurodeploy.learning.quantised import QuantisedTwin
from neurodeploy.learning.twin.twin import Twin


class Objective(Protocol):
    """The loss of one batch.

    A frozen dataclass whose fields are its options: the digest of `TrainOptions` covers them, and
    a training goes on only from a checkpoint of the same.
    """

    def __call__(
        self, twin: Twin | QuantisedTwin, x: Tensor, labels: Tensor, generator: torch.Generator
    ) -> tuple[Tensor, Tensor]:
        """Return the loss, (), and the logits (sample, class) that accuracy is counted of.

        Parameters
        ----------
        twin : in training mode, and left in it.
        x : (sample, step, *shape)
        labels : (sample,)
        generator : on the CPU; the only source of chance, new in every epoch, so that a training
            that was interrupted goes on as if it had not been.
        """
        ...

    def shown(
        self, twin: Twin | QuantisedTwin, x: Tensor, labels: Tensor, generator: torch.Generator
    ) -> Tensor:
        """Return what validation shows in the place of `x` (sample, step, *shape); `x` to show it.

        The twin is in evaluation mode, and left in it.
        """
        ...

    @property
    def line(self) -> str:
        """What the network's history says of it."""
        ...
