"""`Shrink`: sparse training with an L1 penalty, then the least weights are removed and held."""

from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor
from torch.optim import Optimizer

from neurodeploy.learning.quantised import QuantisedTwin
from neurodeploy.learning.twin.twin import Twin
from neurodeploy.methods.compression.selection import Selection
from neurodeploy.methods.compression.units import Units
from neurodeploy.storage.codec import digest


@dataclass(slots=True, kw_only=True)
class Shrink:
    """Pull every weight towards 0 by ``learning rate * strength`` after each step, for a while.

    That is the proximal step of ``strength * sum |w|`` (soft thresholding, Daubechies et al. 2004);
    after `n_steps` the least units go until `budget` of the cost is left.

    Parameters
    ----------
    budget : in the unit of the selection's costs.
    """

    selection: Selection
    budget: float
    strength: float
    n_steps: int
    _units: Units = field(init=False)
    _done: int = field(init=False, default=0)
    _kept: Tensor | None = field(init=False, default=None)

    @property
    def key(self) -> str:
        """Fingerprint of what it does."""
        return digest(("shrink", self.selection, self.budget, self.strength, self.n_steps))

    def begin(self, twin: Twin | QuantisedTwin, optimiser: Optimizer | None = None) -> None:
        """Take hold of the weights."""
        del optimiser
        self._units = Units(twin, self.selection)

    def after_step(self, learning_rate: float) -> None:
        """Shrink, or hold at 0 what is removed."""
        if self._kept is None and self._done < self.n_steps:
            self._pull(learning_rate * self.strength)
        self._done += 1
        if self._kept is None and self._done >= self.n_steps:
            self._kept = self._units.kept(float(self._units.costs.sum()) - self.budget)
        if self._kept is not None:
            self._units.multiply(self._kept)

    def is_met(self) -> bool:
        """Return whether the least weights are removed."""
        return self._kept is not None

    def state(self) -> dict[str, Any]:
        """Return how far it is, and which units are left."""
        return {"done": self._done, "kept": self._kept}

    def restore(self, state: dict[str, Any]) -> None:
        """Go on from there."""
        self._done, self._kept = state["done"], state["kept"]

    @torch.no_grad()
    def _pull(self, by: float) -> None:
        for weight in self._units.weights:
            weight.copy_(torch.sign(weight) * torch.clamp(weight.abs() - by, min=0.0))
