"""Small artificial networks with random weights."""

from itertools import pairwise

import numpy as np

from neurodeploy.frontends.samples import Samples, samples_of
from neurodeploy.model import (
    Affine,
    BatchNorm,
    Conv2d,
    Flatten,
    Input,
    Linear,
    Max,
    Model,
    Output,
    Population,
    Projection,
    Relu,
)
from neurodeploy.terms import Readout

DT_S = 1e-4


def affine(rng: np.random.Generator, n_out: int, n_in: int) -> Affine:
    weight = rng.normal(0, 1.5 / np.sqrt(n_in), (n_out, n_in))
    return Affine(weight=weight, bias=rng.normal(0, 0.1, n_out))


def ann(
    populations: list[Population], projections: list[Projection], shape: tuple[int, ...] = (6,)
) -> Model:
    return Model(
        inputs=(Input(name="in", shape=shape),),
        populations=tuple(populations),
        projections=tuple(projections),
        outputs=(Output(population=populations[-1].name, readout=Readout.SUM),),
        dt_s=DT_S,
    )


def layers(seed: int, sizes: tuple[int, ...] = (6, 20, 15, 4), relu: Relu | None = None) -> Model:
    """Return affine layers with biases, the last one linear."""
    rng = np.random.default_rng(seed)
    names = ["in", *(f"layer{k}" for k in range(1, len(sizes) - 1)), "classes"]
    populations = [
        Population(name=name, shape=(size,), neuron=relu or Relu())
        for name, size in zip(names[1:-1], sizes[1:-1], strict=True)
    ]
    populations.append(Population(name="classes", shape=(sizes[-1],), neuron=Linear()))
    projections = [
        Projection(
            name=f"to_{target}",
            sources=(source,),
            target=target,
            chain=(affine(rng, n_out, n_in),),
        )
        for (source, target), (n_in, n_out) in zip(pairwise(names), pairwise(sizes), strict=True)
    ]
    return ann(populations, projections, (sizes[0],))


def residual(seed: int) -> Model:
    """Return two layers, the second of which also gets what the first one sends."""
    rng = np.random.default_rng(seed)
    populations = [
        Population(name="first", shape=(20,), neuron=Relu()),
        Population(name="second", shape=(20,), neuron=Relu()),
        Population(name="classes", shape=(4,), neuron=Linear()),
    ]
    projections = [
        Projection(name="to_first", sources=("in",), target="first", chain=(affine(rng, 20, 6),)),
        Projection(
            name="to_second", sources=("first",), target="second", chain=(affine(rng, 20, 20),)
        ),
        Projection(name="shortcut", sources=("first",), target="second", chain=()),
        Projection(
            name="to_classes",
            sources=("first", "second"),
            target="classes",
            chain=(affine(rng, 4, 20),),
        ),
    ]
    return ann(populations, projections)


def pooled(seed: int) -> Model:
    """Return a convolution, a maximum pool and a linear layer, on images 1 x 6 x 6."""
    rng = np.random.default_rng(seed)
    conv = Conv2d(weight=rng.normal(0, 0.5, (3, 1, 3, 3)), bias=rng.normal(0, 0.1, 3))
    pool = Max(input_shape=(3, 4, 4), kernel=(2, 2), stride=(2, 2))
    populations = [
        Population(name="conv", shape=(3, 4, 4), neuron=Relu()),
        Population(name="pool", shape=(3, 2, 2), neuron=pool),
        Population(name="classes", shape=(4,), neuron=Linear()),
    ]
    projections = [
        Projection(name="to_conv", sources=("in",), target="conv", chain=(conv,)),
        Projection(name="to_pool", sources=("conv",), target="pool", chain=()),
        Projection(
            name="to_classes",
            sources=("pool",),
            target="classes",
            chain=(Flatten(), affine(rng, 4, 12)),
        ),
    ]
    return ann(populations, projections, (1, 6, 6))


def norm(rng: np.random.Generator, n: int) -> BatchNorm:
    return BatchNorm(
        mean=rng.normal(0, 0.3, n),
        var=rng.uniform(0.5, 2, n),
        gamma=rng.uniform(0.5, 1.5, n),
        beta=rng.normal(0, 0.2, n),
        eps=1e-5,
    )


def samples(seed: int, n: int, shape: tuple[int, ...] = (6,)) -> Samples:
    x = np.random.default_rng(seed).uniform(0, 1, (n, *shape))
    return samples_of(x, None, "data")
