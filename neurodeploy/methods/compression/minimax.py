"""`Minimax`: how many weights go is learned with multipliers, while the task is learned.

Chen, Zhang, Kang, Cai, Yao, Deng: "Resource Constrained Model Compression via Minimax Optimization
for Spiking Neural Networks", ACM Multimedia 2023. The sparsity ``|w|_0 <= N - s`` is written as
``P(w, s) = 0``, P being the sum of the ceil(s) least squares of all prunable layers together, and
the budget as ``R(s) <= b``; both enter the loss with multipliers::

    min over w, s   max over y, z >= 0   L(w) + y P(w, s) + z (R(s) - b)
    R(s) = (N - floor(s)) / N

Three things differ. The order in which weights go is a `Ranking`'s, the paper's own being
``magnitude``. The multipliers start anew at every node, with a rate of z that fits its steps. And
the optimiser forgets the past gradients of what goes: a weight then comes back only by one step
that beats the threshold, as in the paper, whose steps are far smaller than those of SGD with
momentum. With them remembered, noise takes the places of trained weights.
"""

import math
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor
from torch.optim import Optimizer

from neurodeploy.learning.quantised import QuantisedTwin
from neurodeploy.learning.twin.twin import Twin
from neurodeploy.methods.compression.selection import Selection
from neurodeploy.methods.compression.units import Units, n_removed, order_of
from neurodeploy.storage.codec import digest

REACHED = 1e-5
"""Distance from the budget, as a share of all, at which it counts as reached."""

AIM = 0.8
"""Share of the steps in which s is to reach the budget; the rest is for what holds it back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Multipliers:
    """Where s and the multipliers start and how fast they move; the paper's code has these values.

    Parameters
    ----------
    first_y, first_z : before the first step.
    rate_s, rate_y : step sizes of s, in weights, and of y.
    """

    first_y: float = 10.0
    first_z: float = 1.0
    rate_s: float = 0.5
    rate_y: float = 1e3


@dataclass(slots=True, kw_only=True)
class Minimax:
    """Move s, y and z after every step of the optimiser; once the budget is reached, hold it.

    The paper's rate of z (1e10) fits its network of 37 million weights alone. With the other terms
    small, ``s`` obeys ``s'' = rate_s rate_z (N - s - b N) / N^2``, an oscillation that reaches
    ``N (1 - b)`` after a quarter of its period; so ``rate_z = (pi / 2)^2 N^2 / (rate_s K^2)`` gets
    there in K steps. Where the term of y holds s back for longer than `n_steps`, what is missing is
    removed at once.

    Parameters
    ----------
    budget : of the cost, in the unit of the selection's costs; in the equations costs are scaled
        to 1 in the mean, so that for equal costs s counts weights.
    n_steps : steps after which s is at the budget, K of them aimed at.
    """

    selection: Selection
    budget: float
    n_steps: int
    multipliers: Multipliers = field(default_factory=Multipliers)
    y: float = field(init=False)
    z: float = field(init=False)
    s: float = field(init=False)
    reached_after: int | None = field(init=False, default=None)
    was_projected: bool = field(init=False, default=False)
    _units: Units = field(init=False)
    _costs: Tensor = field(init=False)
    _done: int = field(init=False, default=0)
    _kept: Tensor | None = field(init=False, default=None)

    @property
    def key(self) -> str:
        """Fingerprint of what it does."""
        return digest(("minimax", self.selection, self.budget, self.n_steps, self.multipliers))

    def begin(self, twin: Twin | QuantisedTwin, optimiser: Optimizer | None = None) -> None:
        """Start s at what is removed already."""
        self._units = Units(twin, self.selection, optimiser)
        total = float(self._units.costs.sum())
        self._costs = self._units.costs * (self.selection.n_units / total)
        self.y, self.z = self.multipliers.first_y, self.multipliers.first_z
        self.s = float(self._costs[self._units.values() == 0].sum())

    def after_step(self, learning_rate: float) -> None:
        """Do what the paper does after each step of the optimiser, or hold what was reached."""
        if self._kept is None:
            self._move(learning_rate)
        else:
            self._units.multiply(self._kept)

    def is_met(self) -> bool:
        """Return whether the budget is reached and held."""
        return self._kept is not None

    def state(self) -> dict[str, Any]:
        """Return s, the multipliers, how far it is and which units are left."""
        return {
            "y": self.y,
            "z": self.z,
            "s": self.s,
            "done": self._done,
            "reached_after": self.reached_after,
            "was_projected": self.was_projected,
            "kept": self._kept,
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Go on from there."""
        self.y, self.z, self.s = state["y"], state["z"], state["s"]
        self._done, self._kept = state["done"], state["kept"]
        self.reached_after, self.was_projected = state["reached_after"], state["was_projected"]

    def _move(self, learning_rate: float) -> None:
        n_units, values = self.selection.n_units, self._units.values()
        order = order_of(self._units.scores(values), self._costs)
        n_gone = n_removed(self._costs, order, math.ceil(self.s))
        # Weights that go are divided by this; P is the sum of their squares afterwards.
        shrunk = 1.0 / (1.0 + 2.0 * learning_rate * self.y)
        penalty = float(values[order[:n_gone]].sum()) * shrunk**2
        following = order[min(n_gone, n_units - 1)]
        pull = self.y * float(values[following] / self._costs[following].clamp(min=1e-12))
        # Straight through floor and ceil: dP/ds is the next square, dR/ds is -1 / N.
        gradient = pull - self.z / n_units
        most = n_units * (1.0 - self._share)
        self.s = min(max(self.s - self.multipliers.rate_s * gradient, 0.0), most)
        self.y = max(0.0, self.y + self.multipliers.rate_y * penalty)
        left = (n_units - math.floor(self.s)) / n_units
        self.z = max(0.0, self.z + self._rate_z * (left - self._share))
        n_gone = n_removed(self._costs, order, math.ceil(self.s))
        kept = torch.ones_like(values)
        kept[order[:n_gone]] = 0.0
        self._units.multiply(kept)
        self._units.stop(kept)
        self._done += 1
        is_reached = left - self._share < max(REACHED, 1.0 / n_units)
        if is_reached or self._done >= self.n_steps:
            self._hold(is_reached)

    def _hold(self, is_reached: bool) -> None:
        """Project onto the budget and hold what is left from now on."""
        self._kept = self._units.kept(float(self.selection.costs.sum()) - self.budget)
        self._units.multiply(self._kept)
        self.reached_after, self.was_projected = self._done, not is_reached

    @property
    def _share(self) -> float:
        return self.budget / float(self.selection.costs.sum())

    @property
    def _rate_z(self) -> float:
        n_aimed = max(AIM * self.n_steps, 1.0)
        return (
            (math.pi / 2) ** 2 * self.selection.n_units**2 / (self.multipliers.rate_s * n_aimed**2)
        )
