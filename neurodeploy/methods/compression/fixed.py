"""`Fixed`: units that are removed before the first step and stay removed; every rule ends so."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import torch
from torch import Tensor
from torch.optim import Optimizer

from neurodeploy.learning.quantised import QuantisedTwin
from neurodeploy.learning.twin.twin import Twin
from neurodeploy.methods.compression.selection import Selection
from neurodeploy.methods.compression.units import Units, kept_of
from neurodeploy.storage.codec import digest


class Spread(StrEnum):
    """Over what the least units are looked for: all layers together, or each layer alone."""

    GLOBAL = "global"
    UNIFORM = "uniform"


@dataclass(slots=True, kw_only=True)
class Fixed:
    """Remove the least units so that `budget` of the cost is left, then hold them at 0.

    Parameters
    ----------
    budget : in the unit of the selection's costs.
    """

    selection: Selection
    budget: float
    spread: Spread = Spread.GLOBAL
    _units: Units = field(init=False)
    _kept: Tensor = field(init=False)

    @property
    def key(self) -> str:
        """Fingerprint of what it does."""
        return digest(("fixed", self.selection, self.budget, self.spread.value))

    def begin(self, twin: Twin | QuantisedTwin, optimiser: Optimizer | None = None) -> None:
        """Remove."""
        del optimiser
        self._units = Units(twin, self.selection)
        self._kept = self._chosen()
        self._units.multiply(self._kept)

    def after_step(self, learning_rate: float) -> None:
        """Set to 0 what the step has moved away from it."""
        del learning_rate
        self._units.multiply(self._kept)

    def is_met(self) -> bool:
        """Return whether the budget holds: always."""
        return True

    def state(self) -> dict[str, Any]:
        """Return which units are left."""
        return {"kept": self._kept}

    def restore(self, state: dict[str, Any]) -> None:
        """Go on with the same units."""
        self._kept = state["kept"].to(self._kept.device)

    def _chosen(self) -> Tensor:
        costs = self._units.costs
        if self.spread is Spread.GLOBAL:
            return self._units.kept(float(costs.sum()) - self.budget)
        scores = self._units.scores(self._units.values())
        kept, share = torch.ones_like(costs), self.budget / float(costs.sum())
        for index in self._units.index:
            own = torch.unique(index)
            total = float(costs[own].sum())
            kept[own] = kept_of(scores[own], costs[own], (1.0 - share) * total)
        return kept
