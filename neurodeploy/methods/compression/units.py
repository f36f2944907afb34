"""The units of a selection in a twin that is trained: their size, and their removal."""

import torch
from torch import Tensor
from torch.optim import Optimizer

from neurodeploy.learning.quantised import QuantisedTwin
from neurodeploy.learning.twin.operators import WeightedModule
from neurodeploy.learning.twin.twin import Twin
from neurodeploy.methods.compression.places import Ranking
from neurodeploy.methods.compression.selection import Selection

MOMENTA = ("momentum_buffer", "exp_avg")
"""What SGD and Adam remember of past gradients."""


class Units:
    """A view of a twin's weights, unit by unit."""

    def __init__(
        self,
        twin: Twin | QuantisedTwin,
        selection: Selection,
        optimiser: Optimizer | None = None,
    ) -> None:
        self.optimiser = optimiser
        twin = twin.float_twin if isinstance(twin, QuantisedTwin) else twin
        self.weights = [_weight(twin, p.projection, p.index) for p in selection.places]
        device = self.weights[0].device
        self.index = [torch.from_numpy(i.copy()).to(device) for i in selection.index]
        self.costs = torch.from_numpy(selection.costs.copy()).to(device)
        self.groups = torch.from_numpy(selection.groups.copy()).to(device)
        self.ranking = selection.ranking

    @torch.no_grad()
    def values(self) -> Tensor:
        """Return the sum of squared weights of every unit, float64 (unit,)."""
        sums = torch.zeros_like(self.costs)
        for weight, index in zip(self.weights, self.index, strict=True):
            sums.index_add_(0, index, weight.flatten().to(sums.dtype) ** 2)
        return sums

    @torch.no_grad()
    def scores(self, values: Tensor) -> Tensor:
        """Return what units are compared by, (unit,); see `Ranking`."""
        if self.ranking is Ranking.MAGNITUDE:
            return values
        found = torch.zeros_like(values)
        for group in torch.unique(self.groups):
            own = torch.nonzero(self.groups == group).flatten()
            falling = own[torch.argsort(values[own], descending=True, stable=True)]
            no_smaller = torch.cumsum(values[falling], 0)
            found[falling] = values[falling] / no_smaller.clamp(min=1e-30)
        return found

    def kept(self, removed_cost: float) -> Tensor:
        """Return 1 for the units that stay and 0 for the least, of that cost, that go; (unit,)."""
        return kept_of(self.scores(self.values()), self.costs, removed_cost)

    @torch.no_grad()
    def multiply(self, factors: Tensor) -> None:
        """Multiply every weight by its unit's factor, (unit,)."""
        for weight, index in zip(self.weights, self.index, strict=True):
            weight.mul_(factors.to(weight.dtype)[index].reshape(weight.shape))

    @torch.no_grad()
    def stop(self, factors: Tensor) -> None:
        """Multiply what the optimiser remembers of past gradients by the factors, (unit,).

        A weight that is removed grows on in a remembered direction: with a momentum of 0.9 by up to
        ten steps at once, not by the one step in which it has to win its place back.
        """
        states = {} if self.optimiser is None else self.optimiser.state
        for weight, index in zip(self.weights, self.index, strict=True):
            for name in MOMENTA:
                remembered = states.get(weight, {}).get(name)
                if remembered is not None:
                    own = factors.to(remembered.dtype)[index]
                    remembered.mul_(own.reshape(remembered.shape))


def order_of(scores: Tensor, costs: Tensor) -> Tensor:
    """Return the units in the order of their removal: least score for what they cost first.

    With multipliers y and z, a layer whose weights cost c each is in balance where
    ``y w^2 = z c / C`` for the next weight to go (methods of Chen et al. 2023 with a cost for each
    layer), so one threshold on ``w^2 / c`` serves all layers; equal costs leave the order by
    magnitude. What costs nothing is not removed before all else is.
    """
    return torch.argsort(scores / costs.clamp(min=torch.finfo(costs.dtype).tiny), stable=True)


def n_removed(costs: Tensor, order: Tensor, removed_cost: float) -> int:
    """Return how many units, in that order, cost at least `removed_cost` together."""
    if removed_cost <= 0:
        return 0
    reached = torch.cumsum(costs[order], 0)
    slack = 1e-9 * float(reached[-1])  # sums of many costs are not exact to the last bit
    n = int(torch.searchsorted(reached, removed_cost - slack)) + 1
    return min(n, len(order))


def kept_of(scores: Tensor, costs: Tensor, removed_cost: float) -> Tensor:
    """Return 1 for the units that stay and 0 for those that go, (unit,)."""
    order = order_of(scores, costs)
    kept = torch.ones_like(costs)
    kept[order[: n_removed(costs, order, removed_cost)]] = 0.0
    return kept


def _weight(twin: Twin, projection: str, index: int) -> torch.nn.Parameter:
    module = twin.chain(twin.template.projection(projection))[index]
    assert isinstance(module, WeightedModule)
    return module.weight
