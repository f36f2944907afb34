"""Networks small enough to attack in a test, and to work out by hand."""

import numpy as np

from neurodeploy.model import Affine, I, If, Input, Linear, Model, Output, Population, Projection
from neurodeploy.terms import Readout, Reset

DT_S = 1e-3


def linear_model(weight: np.ndarray, *, low: float = 0.0, high: float = 1.0) -> Model:
    """Return logits ``weight x``, averaged over the steps."""
    n_out, n_in = weight.shape
    return Model(
        inputs=(Input(name="x", shape=(n_in,), low=low, high=high),),
        populations=(Population(name="out", shape=(n_out,), neuron=Linear(), reset=Reset.NONE),),
        projections=(
            Projection(
                name="to_out",
                sources=("x",),
                target="out",
                chain=(Affine(weight=weight, bias=None),),
            ),
        ),
        outputs=(Output(population="out", readout=Readout.MEAN),),
        dt_s=DT_S,
    )


def spiking_model(seed: int, *, n_in: int = 12, hidden: int = 30, classes: int = 4) -> Model:
    """Return n_in - hidden - classes of integrate-and-fire neurons, weights drawn from `seed`."""
    rng = np.random.default_rng(seed)
    first = rng.normal(0, 1.5 / np.sqrt(n_in), (hidden, n_in))
    last = rng.normal(0, 1 / np.sqrt(hidden), (classes, hidden))
    neuron = If(r=np.array(1 / DT_S), v_threshold=np.array(1.0))
    return Model(
        inputs=(Input(name="x", shape=(n_in,)),),
        populations=(
            Population(name="hidden", shape=(hidden,), neuron=neuron, reset=Reset.ZERO),
            Population(name="out", shape=(classes,), neuron=I(r=np.array(1 / DT_S))),
        ),
        projections=(
            Projection(
                name="to_hidden",
                sources=("x",),
                target="hidden",
                chain=(Affine(weight=first, bias=None),),
            ),
            Projection(
                name="to_out",
                sources=("hidden",),
                target="out",
                chain=(Affine(weight=last, bias=None),),
            ),
        ),
        outputs=(Output(population="out", readout=Readout.LAST),),
        dt_s=DT_S,
    )
