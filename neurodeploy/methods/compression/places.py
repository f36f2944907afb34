"""Which weights of a network may be removed, and how many there are of all."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from neurodeploy.errors import InputError
from neurodeploy.model import Affine, Conv1d, Conv2d, Model

Weighted = Affine | Conv1d | Conv2d


class Structure(StrEnum):
    """What is removed at once: a weight, or all weights that listen to one channel.

    A channel to which nobody listens is then taken out of the network with all that leads to it.
    """

    WEIGHTS = "weights"
    CHANNELS = "channels"


class Ranking(StrEnum):
    """By what units of several layers are compared.

    ``share``: a unit's squares over the sum of all in its layer that are no smaller (LAMP, Lee et
    al. 2021). It asks nothing of how layers are scaled, and scales differ once BatchNorm is folded
    into weights; the largest of a layer has 1, so that none is emptied while another has some to
    spare. ``magnitude``: the squares themselves, as Chen et al. 2023 compare weights.
    """

    SHARE = "share"
    MAGNITUDE = "magnitude"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One operator with weights: the projection, and where in its chain."""

    projection: str
    index: int


def prunable(model: Model, *, first_layer: bool = False) -> tuple[Place, ...]:
    """Return the operators whose weights may be removed, in the model's order.

    Those that read an input are left as they are (Chen et al. 2023 leave the first convolution
    out), unless `first_layer`. Factors of single channels, as BatchNorm becomes where it stands
    alone, are no synapses to be removed.

    Raises
    ------
    InputError
        If nothing is left (ND2861).
    """
    inputs = {node.name for node in model.inputs}
    found = tuple(
        Place(projection=p.name, index=k)
        for p in model.projections
        for k, operator in enumerate(p.chain)
        if isinstance(operator, Weighted) and not _is_factor(operator)
        if first_layer or not inputs & {*p.sources}
    )
    if not found:
        raise InputError(
            "ND2861",
            "the network has no weights behind its first layer; prune that one (--first-layer)",
        )
    return found


def weights_at(model: Model, place: Place) -> NDArray[np.float64]:
    """Return the weights of an operator."""
    operator = model.projection(place.projection).chain[place.index]
    assert isinstance(operator, Weighted)
    return operator.weight


def n_all_weights(model: Model) -> int:
    """Return the number of weights of all operators, removable or not, biases apart."""
    operators = (o for p in model.projections for o in p.chain)
    return sum(o.weight.size for o in operators if isinstance(o, Weighted))


def channels_of(model: Model, place: Place) -> NDArray[np.int64]:
    """Return, for every weight, the channel of its source that it listens to, in its shape.

    Raises
    ------
    InputError
        If channels cannot be told apart: grouped kernels, matrices by place, summed sources
        (ND2862).
    """
    projection = model.projection(place.projection)
    operator = projection.chain[place.index]
    assert isinstance(operator, Weighted)
    weight, n_channels = operator.weight, model.node(projection.sources[0]).shape[0]
    by_conv = isinstance(operator, Conv1d | Conv2d) and operator.groups == 1
    by_matrix = isinstance(operator, Affine) and weight.ndim == 2
    if len(projection.sources) > 1 or not (by_conv or by_matrix) or weight.shape[1] % n_channels:
        raise InputError(
            "ND2862",
            f"projection {place.projection!r}: which weights listen to which channel cannot be "
            "told (summed sources, grouped kernels or a matrix for each place); remove single "
            "weights (--structure weights)",
        )
    n_each = weight.shape[1] // n_channels
    columns = np.arange(weight.shape[1], dtype=np.int64) // n_each
    shape = (1, -1, *[1] * (weight.ndim - 2))
    return np.broadcast_to(columns.reshape(shape), weight.shape).copy()


def _is_factor(operator: Weighted) -> bool:
    if isinstance(operator, Affine):
        return False
    return operator.groups == len(operator.weight) and operator.weight[0].size == 1
