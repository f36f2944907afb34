"""What may act on the weights between the optimiser's steps, as pruning does."""

from typing import Any, Protocol

from torch.optim import Optimizer

from neurodeploy.learning.quantised import QuantisedTwin
from neurodeploy.learning.twin.twin import Twin


class WeightRule(Protocol):
    """A rule that one training obeys; what it must keep from step to step is its state."""

    @property
    def key(self) -> str:
        """Fingerprint of everything that decides what it does; part of the checkpoint's key."""
        ...

    def begin(self, twin: Twin | QuantisedTwin, optimiser: Optimizer) -> None:
        """Take hold of the twin that is trained, and of what trains it, before the first step."""
        ...

    def after_step(self, learning_rate: float) -> None:
        """Change the twin's weights in place; `learning_rate` is that of the step just taken."""
        ...

    def is_met(self) -> bool:
        """Return whether the network as it is may be the one that training returns."""
        ...

    def state(self) -> dict[str, Any]:
        """Return what the next step depends on: tensors, numbers and texts."""
        ...

    def restore(self, state: dict[str, Any]) -> None:
        """Go on from what `state` gave, after `begin`."""
        ...
