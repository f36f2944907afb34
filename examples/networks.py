"""The network of the experiments, spiking and artificial."""

import numpy as np
from numpy.typing import NDArray

from neurodeploy.model import (
    Affine,
    Conv2d,
    Flatten,
    I,
    If,
    Input,
    Lif,
    Linear,
    Model,
    Neuron,
    Output,
    Population,
    Projection,
    Relu,
    Scale,
)
from neurodeploy.terms import Readout, Reset

DT_S = 1e-3
WIDTHS = (16, 32, 128)
"""Channels of the convolutions, and neurons of the hidden layer."""


def network(
    seed: int,
    *,
    leak: float,
    reset: Reset,
    last: int = 10,
    widths: tuple[int, int, int] = WIDTHS,
) -> Model:
    """Return conv 5x5/2 1-16, conv 3x3/2 16-32, fc 1568-128, fc 128-10, its weights drawn anew.

    Pixels 0 to 255 enter, scaled to 0 to 1 by the first operator. Neurons have threshold 1 and
    ``v = (1 - leak) v + current``; the readout adds up what arrives.
    """
    neuron = _neuron(leak)
    readout = Population(name="classes", shape=(last,), neuron=I(r=np.array(1 / DT_S)))
    return _layers(seed, neuron, reset, readout, widths)


def artificial(seed: int, *, last: int = 10, widths: tuple[int, int, int] = WIDTHS) -> Model:
    """Return the same layers with rectifiers and linear classes, its weights drawn anew."""
    readout = Population(name="classes", shape=(last,), neuron=Linear())
    return _layers(seed, Relu(), Reset.NONE, readout, widths)


def _layers(
    seed: int, neuron: Neuron, reset: Reset, readout: Population, widths: tuple[int, int, int]
) -> Model:
    rng = np.random.default_rng(seed)
    first, second, hidden = widths
    shapes = {"conv1": (first, 14, 14), "conv2": (second, 7, 7), "fc1": (hidden,)}
    populations = [
        Population(name=name, shape=shape, neuron=neuron, reset=reset)
        for name, shape in shapes.items()
    ]
    pixels = Scale(scale=np.full((1, 1, 1), 1 / 255))
    chains = {
        "conv1": (pixels, _conv(rng, first, 1, 5)),
        "conv2": (_conv(rng, second, first, 3),),
        "fc1": (Flatten(), _affine(rng, hidden, second * 7 * 7)),
        "classes": (_affine(rng, readout.size, hidden),),
    }
    sources = ("pixels", "conv1", "conv2", "fc1")
    return Model(
        inputs=(Input(name="pixels", shape=(1, 28, 28), low=0, high=255),),
        populations=(*populations, readout),
        projections=tuple(
            Projection(name=f"to_{target}", sources=(source,), target=target, chain=chain)
            for source, (target, chain) in zip(sources, chains.items(), strict=True)
        ),
        outputs=(Output(population="classes", readout=Readout.LAST),),
        dt_s=DT_S,
    )


def _neuron(leak: float) -> Neuron:
    theta = np.array(1.0)
    if leak == 0:
        return If(r=np.array(1 / DT_S), v_threshold=theta)
    return Lif(tau_s=np.array(DT_S / leak), r=np.array(1 / leak), v_threshold=theta)


def _conv(rng: np.random.Generator, n_out: int, n_in: int, kernel: int) -> Conv2d:
    shape = (n_out, n_in, kernel, kernel)
    pad = kernel // 2
    return Conv2d(weight=_uniform(rng, shape), bias=None, stride=(2, 2), padding=(pad, pad))


def _affine(rng: np.random.Generator, n_out: int, n_in: int) -> Affine:
    return Affine(weight=_uniform(rng, (n_out, n_in)), bias=None)


def _uniform(rng: np.random.Generator, shape: tuple[int, ...]) -> NDArray[np.float64]:
    """Return weights uniform within 1 / sqrt(fan-in), as torch starts its layers."""
    bound = 1 / np.sqrt(np.prod(shape[1:]))
    return rng.uniform(-bound, bound, shape)
