"""Networks that compute the same with other weights: channels permuted, scaled and split.

Placement undoes none of it at a cost: an order of neurons is free, thresholds a population of a
core can be its own, and split channels are more neurons.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from neurodeploy.errors import InputError
from neurodeploy.model import Affine, Conv2d, Flatten, If, Lif, Model, Operator, Population

Floats = NDArray[np.float64]
Weighted = Affine | Conv2d

SPREAD = 2.0
"""Scales lie between 1 / SPREAD and SPREAD."""

SHARES = (-1.0, 2.0)
"""Between which the share of a split channel's outgoing weights that the first half keeps lies."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Disguised:
    """A network that spikes as before, and what was done to it.

    Parameters
    ----------
    populations : those that were disguised; others are as they were.
    """

    model: Model
    populations: tuple[str, ...]


def disguised(model: Model, seed: int, split_share: float = 0.25) -> Disguised:
    """Return a network with permuted, scaled and split channels that spikes as `model` does.

    A channel's weights, its threshold and what its voltage starts from are multiplied by the same
    positive number, which changes no spike; a split channel spikes twice, and its outgoing weights
    are parted at random. Disguised are If and Lif populations between two layers of weights.

    Parameters
    ----------
    split_share : share of channels that are split.

    Raises
    ------
    InputError
        If no population can be disguised (ND2875).
    """
    rng = np.random.default_rng(seed)
    done = []
    for population in model.populations:
        place = _between(model, population)
        if place is not None:
            model = _changed(model, population, place, rng, split_share)
            done.append(population.name)
    if not done:
        raise InputError(
            "ND2875",
            "no population of If or Lif neurons lies between two layers of weights, so there is "
            "nothing to permute",
        )
    line = f"channels of {', '.join(done)} permuted, scaled and split, seed {seed}"
    return Disguised(model=replace(model, history=(*model.history, line)), populations=tuple(done))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """The projections into and out of a population, and their weights' places in the chains."""

    into: str
    into_at: int
    out: str
    out_at: int


def _between(model: Model, population: Population) -> _Place | None:
    into = model.projections_to(population.name)
    out = [p for p in model.projections if population.name in p.sources]
    read = {output.population for output in model.outputs}
    if not isinstance(population.neuron, If | Lif) or population.name in read:
        return None
    if len(into) != 1 or len(out) != 1 or len(out[0].sources) != 1:
        return None
    weighted = [k for k, o in enumerate(into[0].chain) if isinstance(o, Weighted)]
    first = [k for k, o in enumerate(out[0].chain) if isinstance(o, Weighted)]
    if not weighted or not first or not _plain(into[0].chain, weighted[-1]):
        return None
    if not all(_each_alike(o) for o in out[0].chain[: first[0]]):
        return None
    operators = into[0].chain[weighted[-1]], out[0].chain[first[0]]
    if any(isinstance(o, Conv2d) and o.groups != 1 for o in operators):
        return None
    return _Place(into=into[0].name, into_at=weighted[-1], out=out[0].name, out_at=first[0])


def _plain(chain: tuple[Operator, ...], at: int) -> bool:
    return all(_each_alike(o) and not isinstance(o, Flatten) for o in chain[at + 1 :])


def _each_alike(operator: Operator) -> bool:
    """Return whether the operator does the same to every channel."""
    if isinstance(operator, Flatten):
        return operator.start_dim == 0 and operator.end_dim == -1
    scale = getattr(operator, "scale", None)
    return isinstance(scale, np.ndarray) and scale.size == 1


def _changed(
    model: Model, population: Population, place: _Place, rng: np.random.Generator, share: float
) -> Model:
    n_channels = population.shape[0]
    twice = np.zeros(n_channels, np.bool_)
    twice[rng.permutation(n_channels)[: int(share * n_channels)]] = True
    order = rng.permutation(np.repeat(np.arange(n_channels), 1 + twice))
    scales = np.exp(rng.uniform(-np.log(SPREAD), np.log(SPREAD), len(order)))
    into, out = model.projection(place.into), model.projection(place.out)
    before, after = into.chain[place.into_at], out.chain[place.out_at]
    assert isinstance(before, Affine | Conv2d)
    assert isinstance(after, Affine | Conv2d)
    parts = _parts(order, twice, rng)
    changed = {
        into.name: replace(
            into, chain=_exchanged(into.chain, place.into_at, _rows(before, order, scales))
        ),
        out.name: replace(
            out,
            chain=_exchanged(
                out.chain, place.out_at, _columns(after, order, parts, population.shape)
            ),
        ),
    }
    return replace(
        model,
        populations=tuple(
            _population(p, order, scales) if p.name == population.name else p
            for p in model.populations
        ),
        projections=tuple(changed.get(p.name, p) for p in model.projections),
    )


def _parts(order: NDArray[np.int64], twice: NDArray[np.bool_], rng: np.random.Generator) -> Floats:
    """Return the share of its outgoing weights that each new channel carries."""
    parts, given = np.ones(len(order)), dict[int, float]()
    for k, channel in enumerate(order):
        if not twice[channel]:
            continue
        if channel in given:
            parts[k] = 1.0 - given[channel]
        else:
            given[channel] = parts[k] = rng.uniform(*SHARES)
    return parts


def _rows(operator: Weighted, order: NDArray[np.int64], scales: Floats) -> Weighted:
    wide = scales.reshape(-1, *[1] * (operator.weight.ndim - 1))
    bias = None if operator.bias is None else operator.bias[order] * scales
    return replace(operator, weight=operator.weight[order] * wide, bias=bias)


def _columns(
    operator: Weighted, order: NDArray[np.int64], parts: Floats, shape: tuple[int, ...]
) -> Weighted:
    weight = operator.weight
    by_channel = weight.reshape(len(weight), shape[0], -1)[:, order] * parts[:, None]
    if isinstance(operator, Conv2d):
        changed = by_channel.reshape(len(weight), len(order), *weight.shape[2:])
    else:
        changed = by_channel.reshape(len(weight), -1)
    return replace(operator, weight=changed)


def _population(population: Population, order: NDArray[np.int64], scales: Floats) -> Population:
    shape = (len(order), *population.shape[1:])
    wide = scales.reshape(-1, *[1] * (len(shape) - 1))

    def moved(values: Floats) -> Floats:
        whole = np.broadcast_to(values, population.shape)[order] * wide
        return np.array(np.broadcast_to(whole, shape))

    neuron = population.neuron
    assert isinstance(neuron, If | Lif)
    constants = {"r": _picked(neuron.r, population.shape, order)}
    if isinstance(neuron, Lif):
        constants["tau_s"] = _picked(neuron.tau_s, population.shape, order)
        constants["v_leak"] = moved(neuron.v_leak)
    return replace(
        population,
        shape=shape,
        neuron=replace(neuron, v_threshold=moved(neuron.v_threshold), **constants),
        v0=moved(population.v0),
        v_reset=moved(population.v_reset),
    )


def _picked(values: Floats, shape: tuple[int, ...], order: NDArray[np.int64]) -> Floats:
    return values if values.ndim == 0 else np.array(np.broadcast_to(values, shape)[order])


def _exchanged(chain: tuple[Operator, ...], at: int, operator: Operator) -> tuple[Operator, ...]:
    return (*chain[:at], operator, *chain[at + 1 :])
