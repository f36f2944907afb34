"""What lowering takes and refuses beyond the usual layers."""

import numpy as np
import pytest

from neurodeploy.errors import DoesNotCompile
from neurodeploy.model import (
    Affine,
    Conv2d,
    If,
    Input,
    Lif,
    Max,
    Model,
    Operator,
    Output,
    Population,
    Projection,
    Select,
)
from tests.support.deploy import deployed, run, stimulus_of

POOL = Max(input_shape=(2, 8, 7), kernel=(3, 2), stride=(2, 1))


def projection(source: str, target: str, *chain: Operator) -> Projection:
    return Projection(name=f"{source}_{target}", sources=(source,), target=target, chain=chain)


def model(shape: tuple[int, ...], populations: list[Population], *ways: Projection) -> Model:
    return Model(
        inputs=(Input(name="in", shape=shape),),
        populations=tuple(populations),
        projections=ways,
        outputs=(Output(population=populations[-1].name),),
        dt_s=1e-4,
    )


def pooled(*projections: Projection) -> Model:
    rng = np.random.default_rng(0)
    conv = Conv2d(weight=rng.integers(-4, 9, (2, 1, 3, 3)) / 8, padding=(1, 1))
    spiking = If(r=np.full((), 1e4), v_threshold=np.ones(()))
    populations = [
        Population(name="a", shape=(2, 6, 7), neuron=spiking),
        Population(name="max", shape=(2, 3, 6), neuron=POOL),
    ]
    return model((1, 6, 7), populations, projection("in", "a", conv), *projections)


def pad(rows: int, columns: int) -> Select:
    return Select(
        start=(0, 0, 0),
        stop=(2, 6, 7),
        step=(1, 1, 1),
        before=(0, rows, columns),
        after=(0, rows, columns),
    )


def test_a_padded_maximum_over_spikes_is_their_or() -> None:
    network = pooled(projection("a", "max", pad(1, 0)))
    x = (np.random.default_rng(1).random((4, 20, 1, 6, 7)) < 0.3).astype(np.float32)
    wanted = network.simulate(x, record=["max"]).rasters["max"].reshape(4, 20, -1)
    deployment = deployed(network)
    found = run(deployment, stimulus_of(deployment, x)).rasters["max"]
    lag = deployment.program.population("max").t_start
    assert 0 < wanted.sum() < wanted.size
    np.testing.assert_array_equal(found[:, lag : lag + 20], wanted)


def refused(network: Model) -> str:
    with pytest.raises(DoesNotCompile) as caught:
        deployed(network)
    return str(caught.value)


def test_a_maximum_over_a_sum_is_refused() -> None:
    double = Projection(name="b", sources=("a",), target="max", chain=(pad(1, 0),))
    assert refused(pooled(projection("a", "max", pad(1, 0)), double)) == (
        "ND3101: population 'max' takes a maximum over values that are not the spikes of one "
        "layer; only the OR of spikes has an integer form: pool after a spiking layer, or use "
        "average pooling"
    )


def test_a_time_constant_below_the_step_is_refused() -> None:
    fast = Lif(tau_s=np.array([1e-3, 5e-5]), r=np.ones(()), v_threshold=np.ones(()))
    population = Population(name="a", shape=(2,), neuron=fast)
    network = model((6,), [population], projection("in", "a", Affine(weight=np.ones((2, 6)))))
    assert refused(network) == (
        "ND3101: population 'a' has a time constant of 5e-05 s, below the step of 0.0001 s: its "
        "state would decay by the factor -1, a chip's is at least 0; raise it"
    )
