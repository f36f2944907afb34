"""The policy network before it is trained: small, since its cost is charged to every sample."""

import numpy as np
from numpy.typing import NDArray

from neurodeploy.model import (
    Affine,
    Conv2d,
    Flatten,
    Input,
    Linear,
    Model,
    Operator,
    Output,
    Population,
    Projection,
    Relu,
    Scale,
)
from neurodeploy.terms import Readout, Reset

INPUT = "input"

_CHANNELS = 8
_HIDDEN = 32
_LEAST_SIDE = 16
"""Images of at least this height and width are convolved twice."""


def policy_network(shape: tuple[int, ...], n_choices: int, scale: float, seed: int) -> Model:
    """Return a network from inputs of `shape` to `n_choices` values, its weights drawn anew.

    Images pass one or two 3 x 3 convolutions of stride 2, all else one hidden layer.

    Parameters
    ----------
    scale : what inputs are multiplied by first.
    """
    rng = np.random.default_rng(seed)
    unit = Scale(scale=np.full((1,) * len(shape), scale))
    hidden = _images(rng, shape) if len(shape) == 3 else _vectors(rng, shape)
    chains = [(unit, *hidden[0]), *hidden[1:]]
    shapes = [shape]
    for chain in chains:
        after = shapes[-1]
        for operator in chain:
            after = operator.output_shape(after)
        shapes.append(after)
    last: tuple[Operator, ...] = (_affine(rng, n_choices, int(np.prod(shapes[-1]))),)
    chains.append((Flatten(), *last) if len(shapes[-1]) > 1 else last)
    names = [INPUT, *(f"hidden{k}" for k in range(1, len(chains))), "choices"]
    return Model(
        inputs=(Input(name=INPUT, shape=shape),),
        populations=(
            *(
                Population(name=name, shape=own, neuron=Relu(), reset=Reset.NONE)
                for name, own in zip(names[1:-1], shapes[1:], strict=True)
            ),
            Population(name=names[-1], shape=(n_choices,), neuron=Linear(), reset=Reset.NONE),
        ),
        projections=tuple(
            Projection(name=f"to_{target}", sources=(source,), target=target, chain=tuple(chain))
            for source, target, chain in zip(names, names[1:], chains, strict=False)
        ),
        outputs=(Output(population=names[-1], readout=Readout.LAST),),
        dt_s=1e-3,
    )


def _images(rng: np.random.Generator, shape: tuple[int, ...]) -> list[tuple[Operator, ...]]:
    channels, height, width = shape
    first = _conv(rng, _CHANNELS, channels)
    if min(height, width) < _LEAST_SIDE:
        return [(first,)]
    return [(first,), (_conv(rng, 2 * _CHANNELS, _CHANNELS),)]


def _vectors(rng: np.random.Generator, shape: tuple[int, ...]) -> list[tuple[Operator, ...]]:
    affine = _affine(rng, _HIDDEN, int(np.prod(shape)))
    return [(Flatten(), affine) if len(shape) > 1 else (affine,)]


def _conv(rng: np.random.Generator, n_out: int, n_in: int) -> Conv2d:
    return Conv2d(
        weight=_uniform(rng, (n_out, n_in, 3, 3)),
        bias=np.zeros(n_out),
        stride=(2, 2),
        padding=(1, 1),
    )


def _affine(rng: np.random.Generator, n_out: int, n_in: int) -> Affine:
    return Affine(weight=_uniform(rng, (n_out, n_in)), bias=np.zeros(n_out))


def _uniform(rng: np.random.Generator, shape: tuple[int, ...]) -> NDArray[np.float64]:
    """Return weights uniform within 1 / sqrt(fan-in), as torch starts its layers."""
    bound = 1 / np.sqrt(np.prod(shape[1:]))
    return rng.uniform(-bound, bound, shape)
