"""Small graphs of IF populations with weights on a dyadic grid, and their comparison with float."""

import numpy as np

from neurodeploy.model import (
    If,
    Input,
    Max,
    Model,
    Operator,
    Output,
    Population,
    Projection,
    Spiking,
)
from neurodeploy.terms import Readout
from support.deploy import assert_equals_reference, deployed, run, stimulus_of

N_STEPS = 30
DT_S = 1e-4


def unit_if(theta: float = 1.0) -> If:
    return If(r=np.full((), 1 / DT_S), v_threshold=np.full((), theta))


def on_grid(rng: np.random.Generator, *shape: int) -> np.ndarray:
    return rng.integers(-12, 20, shape) / 32


def population(name: str, size: int, **options: object) -> Population:
    return Population(name=name, shape=(size,), **{"neuron": unit_if(), **options})


def projection(source: str, target: str, *chain: Operator, delay_steps: int = 0) -> Projection:
    name = f"{source}->{target}"
    return Projection(
        name=name, sources=(source,), target=target, chain=chain, delay_steps=delay_steps
    )


def model(
    populations: list[Population],
    projections: list[Projection],
    shape: tuple[int, ...] = (6,),
    readout: Readout = Readout.COUNT,
    input_range: tuple[float, float] = (0.0, 1.0),
) -> Model:
    return Model(
        inputs=(Input(name="in", shape=shape, low=input_range[0], high=input_range[1]),),
        populations=tuple(populations),
        projections=tuple(projections),
        outputs=(Output(population=populations[-1].name, readout=readout),),
        dt_s=DT_S,
    )


def assert_spikes_equal_float(network: Model, x: np.ndarray) -> None:
    """Compare every population of spiking neurons, step by step."""
    names = [p.name for p in network.populations if isinstance(p.neuron, Spiking | Max)]
    wanted = network.simulate(x, record=names)
    deployment = deployed(network)
    stimulus = stimulus_of(deployment, x)
    found = run(deployment, stimulus)
    assert_equals_reference(deployment.program, stimulus, found)
    lags = {p.name: p.t_start for p in deployment.program.populations}
    n_spikes = 0
    for name in names:
        window = slice(lags[name], lags[name] + x.shape[1])
        raster = found.rasters[name][:, window]  # shorter, if the outputs start earlier
        flat = wanted.rasters[name].reshape(len(x), x.shape[1], -1)[:, : raster.shape[1]]
        np.testing.assert_array_equal(raster, flat, err_msg=name)
        n_spikes += int(flat.sum())
    assert n_spikes > 0
