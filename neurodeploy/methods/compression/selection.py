"""What is removed together and what each removal saves: the ground on which methods choose."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from neurodeploy.methods.compression.places import (
    Place,
    Ranking,
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
    groups : number of the population whose channel a unit is, or of a weight's place; (unit,)
    """

    places: tuple[Place, ...]
    structure: Structure
    index: tuple[NDArray[np.int64], ...]
    costs: NDArray[np.float64]
    groups: NDArray[np.int64]
    ranking: Ranking = Ranking.SHARE

    def __post_init__(self) -> None:
        object.__setattr__(self, "index", tuple(frozen(i, np.int64) for i in self.index))
        object.__setattr__(self, "costs", frozen(self.costs, np.float64))
        object.__setattr__(self, "groups", frozen(self.groups, np.int64))

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
    index, groups, _ = _numbered(model, places, structure)
    costs = np.zeros(len(groups))
    for units in index:
        costs += np.bincount(units, minlength=len(groups))
    return Selection(places=places, structure=structure, index=index, costs=costs, groups=groups)


def by_operations(
    model: Model, places: tuple[Place, ...], structure: Structure, operations: Mapping[str, float]
) -> Selection:
    """Return the selection in which a unit costs its share of its projection's operations.

    Every weight that is left in a projection costs the same, c_l; one that is gone would cost as
    much again. With nothing measured, as in a network that is silent, weights are counted. A
    channel costs also its share of the operations that lead to it.

    Parameters
    ----------
    operations : synaptic operations an inference of each projection, measured.
    """
    index, groups, sources = _numbered(model, places, structure)
    costs = np.zeros(len(groups))
    for place, units in zip(places, index, strict=True):
        n_left = max(int(np.count_nonzero(weights_at(model, place))), 1)
        n_chains = sum(other.projection == place.projection for other in places)
        each = operations.get(place.projection, 0.0) / n_left / n_chains
        costs += each * np.bincount(units, minlength=len(groups))
    for number, source in enumerate(sources):
        into = {p.name for p in model.projections if p.target == source}
        own = groups == number
        costs[own] += sum(operations.get(name, 0.0) for name in into) / np.count_nonzero(own)
    if not costs.any():
        return by_count(model, places, structure)
    return Selection(places=places, structure=structure, index=index, costs=costs, groups=groups)


def _numbered(
    model: Model, places: tuple[Place, ...], structure: Structure
) -> tuple[tuple[NDArray[np.int64], ...], NDArray[np.int64], tuple[str, ...]]:
    """Return every weight's unit by place, every unit's group, and the groups' populations."""
    if structure is Structure.WEIGHTS:
        sizes = [weights_at(model, place).size for place in places]
        ends = np.cumsum(sizes)
        index = tuple(np.arange(e - n, e) for e, n in zip(ends, sizes, strict=True))
        return index, np.repeat(np.arange(len(places)), sizes), ()
    first, n_units = dict[str, int](), 0
    found = []
    for place in places:
        source = model.projection(place.projection).sources[0]
        channels = channels_of(model, place).ravel()
        if source not in first:
            first[source], n_units = n_units, n_units + model.node(source).shape[0]
        found.append(first[source] + channels)
    sizes = [model.node(source).shape[0] for source in first]
    return tuple(found), np.repeat(np.arange(len(first)), sizes), tuple(first)
