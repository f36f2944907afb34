"""Tiny artificial networks and what they were trained on, for audits and protection."""

import functools

import numpy as np

from neurodeploy.frontends.samples import Encoding, Samples
from neurodeploy.learning.data import split
from neurodeploy.learning.options import Optimiser, TrainOptions
from neurodeploy.learning.train import train
from neurodeploy.methods.conversion import ConversionOptions, convert
from neurodeploy.model import (
    Affine,
    Conv2d,
    Flatten,
    Input,
    Linear,
    Model,
    Output,
    Population,
    Projection,
    Relu,
)
from neurodeploy.terms import Readout, Reset

N_CLASSES = 3
SHAPE = (1, 6, 6)


def bars(n_samples: int = 240, seed: int = 0) -> Samples:
    """Return pictures of a bright bar, up, across or aslant, by class."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, N_CLASSES, n_samples)
    x = rng.uniform(0.0, 0.25, (n_samples, *SHAPE))
    for k, one in enumerate(y):
        place = 1 + rng.integers(0, 4)
        if one == 0:
            x[k, 0, :, place] = 0.9
        elif one == 1:
            x[k, 0, place, :] = 0.9
        else:
            x[k, 0, range(6), range(6)] = 0.9
    return Samples(x=x.astype(np.float32), y=y, where="bars")


def ann(seed: int, n_channels: int = 4) -> Model:
    """Return conv 3x3 and two dense layers of rectifiers, without biases, drawn anew."""
    rng = np.random.default_rng(seed)

    def drawn(*shape: int) -> np.ndarray:
        bound = 1.7 / np.sqrt(np.prod(shape[1:]))
        return rng.uniform(-bound, bound, shape)

    shapes = {"conv": (n_channels, 6, 6), "fc": (12,), "classes": (N_CLASSES,)}
    conv = Conv2d(weight=drawn(n_channels, 1, 3, 3), padding=(1, 1))
    chains = {
        "conv": (conv,),
        "fc": (Flatten(), Affine(weight=drawn(12, 36 * n_channels))),
        "classes": (Affine(weight=drawn(N_CLASSES, 12)),),
    }
    return Model(
        inputs=(Input(name="pixels", shape=SHAPE),),
        populations=tuple(
            Population(
                name=name,
                shape=shape,
                neuron=Linear() if name == "classes" else Relu(),
                reset=Reset.NONE,
            )
            for name, shape in shapes.items()
        ),
        projections=tuple(
            Projection(name=f"to_{target}", sources=(source,), target=target, chain=chain)
            for source, (target, chain) in zip(
                ("pixels", "conv", "fc"), chains.items(), strict=True
            )
        ),
        outputs=(Output(population="classes", readout=Readout.LAST),),
        dt_s=1e-3,
    )


@functools.cache
def trained_ann(seed: int) -> Model:
    """Return the network trained on bars, in a second."""
    parts = split(bars(seed=seed), Encoding(coder="direct", n_steps=1), 0.2, seed=0)
    options = TrainOptions(
        epochs=12, batch_size=40, optimiser=Optimiser.ADAMW, learning_rate=0.01, weight_decay=0.0
    )
    return train(ann(seed), parts, options).model


@functools.cache
def spiking_twin(seed: int) -> Model:
    """Return `trained_ann` converted on its own data."""
    return convert(trained_ann(seed), bars(60, seed=7), ConversionOptions(v0=0.0)).model
