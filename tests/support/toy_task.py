"""A task that small networks learn in a second: which of three patterns a noisy one is."""

import numpy as np

from neurodeploy.frontends.samples import Encoding, Samples
from neurodeploy.learning.data import Parts, split
from neurodeploy.model import Affine, I, If, Input, Model, Output, Population, Projection
from neurodeploy.terms import Readout

DT = 1e-3
ENCODING = Encoding(coder="direct", n_steps=5)


def toy_samples(n_samples: int = 240) -> Samples:
    rng = np.random.default_rng(3)
    patterns = rng.random((3, 6))
    y = rng.integers(0, 3, n_samples)
    x = np.clip(patterns[y] + rng.normal(0, 0.15, (n_samples, 6)), 0, 1)
    return Samples(x=x, y=y, where="toy.npz")


def toy_parts(n_samples: int = 240, encoding: Encoding = ENCODING) -> Parts:
    return split(toy_samples(n_samples), encoding, 0.25, seed=0)


def toy_model(seed: int = 0, n_hidden: int = 12) -> Model:
    rng = np.random.default_rng(seed)
    gain = np.array(1 / DT)
    return Model(
        inputs=(Input(name="in", shape=(6,)),),
        populations=(
            Population(
                name="hidden", shape=(n_hidden,), neuron=If(r=gain, v_threshold=np.array(1.0))
            ),
            Population(name="out", shape=(3,), neuron=I(r=gain)),
        ),
        projections=(
            Projection(
                name="w0", sources=("in",), target="hidden", chain=(_affine(rng, n_hidden, 6),)
            ),
            Projection(
                name="w1", sources=("hidden",), target="out", chain=(_affine(rng, 3, n_hidden),)
            ),
        ),
        outputs=(Output(population="out", readout=Readout.LAST),),
        dt_s=DT,
    )


def _affine(rng: np.random.Generator, n_out: int, n_in: int) -> Affine:
    return Affine(weight=rng.uniform(-0.7, 0.9, (n_out, n_in)), bias=np.zeros(n_out))
