"""What is removed together and what each removal saves: the ground on which methods choose."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from neurodeploy.methods.compression.places import (
    Place,
    Structure,
    channels_of,
    weights_at,
)
from neurodeploy.model import Model
from neurodeploy.storage.arrays import frozen


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Selection:
    """Units of removal, numbered through all places; a unit is a weight, or a channel's weights.

    Parameters
    ----------
    index : number of the unit of every weight, flat, by place.
    costs : what each unit costs, in any resource; (unit,)
    """

    places: tuple[Place, ...]
    structure: Structure
    index: tuple[NDArray[np.int64], ...]
    costs: NDArray[np.float64]

    def __post_init__(self) -> None:
        object.__setattr__(self, "index", tuple(frozen(i, np.int64) for i in self.index))
        object.__setattr__(self, "costs", frozen(self.costs, np.float64))

    @property
    def n_units(self) -> int:
        """Number of units."""
        return len(self.costs)

    def values(self, model: Model) -> NDArray[np.float64]:
        """Return the sum of squared weights of every unit, (unit,)."""
        sums = np.zeros(self.n_units)
        for place, index in zip(self.places, self.index, strict=True):
            sums += np.bincount(index, weights_at(model, place).ravel() ** 2, self.n_units)
        return sums

    def kept_cost(self, model: Model) -> float:
        """Return the cost of the units that are still there."""
        return float(self.costs[self.values(model) > 0].sum())


def by_count(model: Model, places: tuple[Place, ...], structure: Structure) -> Selection:
    """Return the selection in which a unit costs as much as it has weights."""
    index = _index(model, places, structure)
    n_units = 1 + max(int(i.max()) for i in index)
    costs = sum(np.bincount(i, minlength=n_units) for i in index)
    return Selection(
        places=places, structure=structure, index=index, costs=np.asarray(costs, np.float64)
    )


def by_operations(
    model: Model, places: tuple[Place, ...], structure: Structure, operations: Mapping[str, float]
) -> Selection:
    """Return the selection in which a unit costs its share of its projection's operations.

    Every weight that is left in a projection costs the same, c_l; one that is gone would cost as
    much again. With nothing measured, as in a network that is silent, weights are counted.

    Parameters
    ----------
    operations : synaptic operations an inference of each projection, measured.
    """
    index = _index(model, places, structure)
    n_units = 1 + max(int(i.max()) for i in index)
    costs = np.zeros(n_units)
    for place, units in zip(places, index, strict=True):
        n_left = max(int(np.count_nonzero(weights_at(model, place))), 1)
        n_chains = sum(other.projection == place.projection for other in places)
        each = operations.get(place.projection, 0.0) / n_left / n_chains
        costs += each * np.bincount(units, minlength=n_units)
    if not costs.any():
        return by_count(model, places, structure)
    return Selection(places=places, structure=structure, index=index, costs=costs)


def _index(
    model: Model, places: tuple[Place, ...], structure: Structure
) -> tuple[NDArray[np.int64], ...]:
    if structure is Structure.WEIGHTS:
        sizes = [weights_at(model, place).size for place in places]
        ends = np.cumsum(sizes)
        return tuple(np.arange(e - n, e) for e, n in zip(ends, sizes, strict=True))
    first, n_units = dict[str, int](), 0
    found = []
    for place in places:
        source = model.projection(place.projection).sources[0]
        channels = channels_of(model, place).ravel()
        if source not in first:
            first[source], n_units = n_units, n_units + model.node(source).shape[0]
        found.append(first[source] + channels)
    return tuple(found)
