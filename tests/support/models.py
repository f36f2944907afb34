"""Small float networks and stimuli for tests."""

import itertools

import numpy as np

from neurodeploy.model import Affine, If, Input, Model, Output, Population, Projection
from neurodeploy.terms import Reset


def dense_if_model(
    rng: np.random.Generator,
    sizes: tuple[int, ...],
    theta: float = 1.0,
    grid: float | None = None,
    reset: Reset = Reset.ZERO,
) -> Model:
    """A chain of dense IF layers `p0`, `p1`, ...; weights and biases on a grid if one is given."""
    populations, projections = [], []
    for k, (n_in, n_out) in enumerate(itertools.pairwise(sizes)):
        weight = rng.normal(0.1, 1.0, (n_out, n_in)) / np.sqrt(n_in)
        bias = rng.normal(0, 0.1, n_out)
        if grid is not None:
            weight, bias = np.rint(weight / grid) * grid, np.rint(bias / grid) * grid
        neuron = If(r=np.full((), 1e4), v_threshold=np.full((), theta))
        populations.append(Population(name=f"p{k}", shape=(n_out,), neuron=neuron, reset=reset))
        source = "input" if k == 0 else f"p{k - 1}"
        chain = (Affine(weight=weight, bias=bias),)
        projections.append(Projection(name=f"w{k}", sources=(source,), target=f"p{k}", chain=chain))
    return Model(
        inputs=(Input(name="input", shape=(sizes[0],)),),
        populations=tuple(populations),
        projections=tuple(projections),
        outputs=(Output(population=populations[-1].name),),
        dt_s=1e-4,
    )


def input_spikes(
    rng: np.random.Generator,
    n_samples: int,
    n_steps: int,
    shape: tuple[int, ...],
    rate: float = 0.3,
) -> np.ndarray:
    return (rng.random((n_samples, n_steps, *shape)) < rate).astype(np.int64)
