"""Take channels out of a network that no output depends on: unheard ones and silent ones."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neurodeploy.errors import InputError
from neurodeploy.methods.compression.places import Place, Weighted, channels_of
from neurodeploy.model import (
    Affine,
    AvgPool2d,
    CubaLif,
    Flatten,
    If,
    Lif,
    Model,
    Operator,
    Population,
    Projection,
    Scale,
    SumPool2d,
)

Flags = NDArray[np.bool_]
_PASSES_CHANNELS = AvgPool2d | SumPool2d | Flatten


@dataclass(frozen=True, slots=True, kw_only=True)
class Unused:
    """What was found; a channel of a population of one axis is a neuron.

    Parameters
    ----------
    removed : channels taken out, by population.
    emptied : unheard channels that had to stay, in a sum or before a pool; nothing arrives there.
    constant : channels that nothing but a bias reaches and that may fire: they stay.
    """

    removed: Mapping[str, int]
    emptied: Mapping[str, int]
    constant: Mapping[str, int]


def without_unused(model: Model) -> tuple[Model, Unused]:
    """Return `model` without what no output depends on, and what that was; outputs are the same.

    A channel is unheard if no weight but 0 listens to it, and silent if no weight but 0 and no bias
    above 0 leads to it. What leads to an unheard channel, and what listens to a silent one, is set
    to 0 first, as often as that makes others so.
    """
    unheard = _emptied_until_still(model)
    model, gone = unheard
    removed, emptied = dict[str, int](), dict[str, int]()
    for name, flags in gone.items():
        kept = ~flags
        kept[0] |= not kept.any()  # a population has a channel at least
        smaller = _without(model, name, kept)
        model = smaller or model
        target = emptied if smaller is None else removed
        target[name] = int(np.count_nonzero(~kept))
    constant = {
        p.name: n
        for p in model.populations
        if isinstance(p.neuron, If | Lif | CubaLif)
        if (n := int(np.count_nonzero(_fed_by_bias(model, p))))
    }
    lines = tuple(f"{n} unused channels of {name!r} removed" for name, n in removed.items())
    model = replace(model, history=(*model.history, *lines))
    return model, Unused(removed=removed, emptied=emptied, constant=constant)


def _emptied_until_still(model: Model) -> tuple[Model, dict[str, Flags]]:
    """Return the network with its unheard channels fed by nothing, and which these are."""
    while True:
        before = model
        for population in model.populations:
            model = _deafened(model, population.name, _silent(model, population))
        gone = {p.name: flags for p in model.populations if (flags := _unheard(model, p)).any()}
        for name, flags in gone.items():
            model = _unfed(model, name, flags)
        if model is before:
            return model, gone


def _unheard(model: Model, population: Population) -> Flags:
    """Return the channels that no weight but 0 listens to, and that are no output."""
    none = np.zeros(population.shape[0], np.bool_)
    if population.name in {output.population for output in model.outputs}:
        return none
    heard = none.copy()
    for projection in model.projections:
        if population.name not in projection.sources:
            continue
        listening = _listening(model, projection)
        if listening is None:
            return none
        place, channels = listening
        weight = _operator(projection, place.index).weight
        heard |= np.bincount(channels.ravel(), weight.ravel() != 0, len(none)) > 0
    return ~heard


def _silent(model: Model, population: Population) -> Flags:
    """Return the channels that can never fire: nothing arrives but a bias of at most 0."""
    none = np.zeros(population.shape[0], np.bool_)
    neuron = population.neuron
    if not isinstance(neuron, If | Lif | CubaLif):
        return none
    rest = 0.0 if isinstance(neuron, If) else float(np.max(neuron.v_leak))
    starts = max(float(np.max(v)) for v in (population.v0, population.i0, population.v_reset))
    if rest > 0 or starts > 0 or float(np.min(neuron.v_threshold)) <= 0:
        return none
    fed = _fed(model, population)
    return none if fed is None else ~(fed[0] | (fed[1] > 0))


def _fed_by_bias(model: Model, population: Population) -> Flags:
    fed = _fed(model, population)
    return np.zeros(1, np.bool_) if fed is None else ~fed[0] & (fed[1] > 0)


def _fed(model: Model, population: Population) -> tuple[Flags, NDArray[np.float64]] | None:
    """Return which channels a weight leads to, and their bias; None where that cannot be told."""
    weights, bias = np.zeros(population.shape[0], np.bool_), np.zeros(population.shape[0])
    for projection in model.projections_to(population.name):
        k = _last_weighted(projection, population)
        if k is None:
            return None
        operator = _operator(projection, k)
        weights |= (operator.weight != 0).any(axis=tuple(range(1, operator.weight.ndim)))
        bias = bias + (0.0 if operator.bias is None else operator.bias)
    return weights, bias


def _deafened(model: Model, name: str, flags: Flags) -> Model:
    """Return `model` with the weights that listen to these channels at 0."""
    for projection in model.projections:
        if not flags.any() or projection.sources != (name,):
            continue
        listening = _listening(model, projection)
        if listening is not None:
            place, channels = listening
            weight = _operator(projection, place.index).weight
            if weight[flags[channels]].any():
                model = _with_weight(model, place, np.where(flags[channels], 0.0, weight))
    return model


def _unfed(model: Model, name: str, flags: Flags) -> Model:
    """Return `model` with the weights and biases that lead to these channels at 0."""
    for projection in model.projections_to(name):
        k = _last_weighted(projection, model.population(name))
        if k is None:
            continue
        operator = _operator(projection, k)
        bias = operator.bias
        if operator.weight[flags].any() or (bias is not None and bias[flags].any()):
            weight, kept = operator.weight.copy(), None if bias is None else bias.copy()
            weight[flags] = 0.0
            if kept is not None:
                kept[flags] = 0.0
            model = _with(model, projection, k, replace(operator, weight=weight, bias=kept))
    return model


def _without(model: Model, name: str, kept: Flags) -> Model | None:
    """Return `model` with only these channels of a population; None if something stands against."""
    population = model.population(name)
    smaller = _sliced(population, kept)
    if smaller is None:
        return None
    projections = []
    for projection in model.projections:
        if projection.target == name:
            k = _last_weighted(projection, population)
            if k is None:
                return None
            operator = _operator(projection, k)
            bias = None if operator.bias is None else operator.bias[kept]
            operator = replace(operator, weight=operator.weight[kept], bias=bias)
            projection = _replaced(projection, k, operator)
        if name in projection.sources:
            listening = _listening(model, projection)
            if listening is None or projection.sources != (name,) or projection.target == name:
                return None
            place, channels = listening
            operator = _operator(projection, place.index)
            columns = kept[channels[0].reshape(channels.shape[1], -1)[:, 0]]
            operator = replace(operator, weight=operator.weight[:, columns])
            projection = _replaced(projection, place.index, operator)
        projections.append(projection)
    populations = tuple(smaller if p.name == name else p for p in model.populations)
    return replace(model, populations=populations, projections=tuple(projections))


def _sliced(population: Population, kept: Flags) -> Population | None:
    """Return the population with only these channels; None if its neurons have no such axis."""
    neuron = population.neuron
    if not isinstance(neuron, If | Lif | CubaLif):
        return None
    fields = {name: getattr(neuron, name) for name in type(neuron).__dataclass_fields__}
    cut: dict[str, Any] = {n: _cut(values, population, kept) for n, values in fields.items()}
    return replace(
        population,
        shape=(int(np.count_nonzero(kept)), *population.shape[1:]),
        neuron=replace(neuron, **cut),
        v_reset=_cut(population.v_reset, population, kept),
        v0=_cut(population.v0, population, kept),
        i0=_cut(population.i0, population, kept),
    )


def _cut(values: NDArray[np.float64], population: Population, kept: Flags) -> NDArray[np.float64]:
    has_axis = values.ndim == len(population.shape) and values.shape[0] == len(kept) > 1
    return values[kept] if has_axis else values


def _listening(model: Model, projection: Projection) -> tuple[Place, NDArray[np.int64]] | None:
    """Return the first weights of a chain and the channel each listens to; None if untellable."""
    for k, operator in enumerate(projection.chain):
        if isinstance(operator, Weighted):
            place = Place(projection=projection.name, index=k)
            try:
                return place, channels_of(model, place)
            except InputError:
                return None
        if not _keeps_channels(operator):
            return None
    return None


def _last_weighted(projection: Projection, population: Population) -> int | None:
    """Return the place of the last weights of a chain if its rows are the target's channels."""
    for k, operator in reversed(list(enumerate(projection.chain))):
        if isinstance(operator, Weighted):
            by_place = isinstance(operator, Affine) and operator.weight.ndim > 2
            fits = operator.weight.shape[0] == population.shape[0]
            is_row = not isinstance(operator, Affine) or len(population.shape) == 1
            whole = isinstance(operator, Affine) or operator.groups == 1
            return k if fits and is_row and whole and not by_place else None
        if not _keeps_channels(operator):
            return None
    return None


def _keeps_channels(operator: Operator) -> bool:
    if isinstance(operator, Scale):
        return operator.scale.size == 1
    return isinstance(operator, _PASSES_CHANNELS)


def _operator(projection: Projection, index: int) -> Weighted:
    operator = projection.chain[index]
    assert isinstance(operator, Weighted)
    return operator


def _with_weight(model: Model, place: Place, weight: NDArray[np.float64]) -> Model:
    projection = model.projection(place.projection)
    operator = replace(_operator(projection, place.index), weight=weight)
    return _with(model, projection, place.index, operator)


def _with(model: Model, projection: Projection, index: int, operator: Operator) -> Model:
    changed = _replaced(projection, index, operator)
    return replace(
        model,
        projections=tuple(changed if p is projection else p for p in model.projections),
    )


def _replaced(projection: Projection, index: int, operator: Operator) -> Projection:
    chain = (*projection.chain[:index], operator, *projection.chain[index + 1 :])
    return replace(projection, chain=chain)
