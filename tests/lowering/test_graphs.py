"""Graphs of every shape go Model to Program to Run; on a grid they equal the float network."""

import numpy as np
import pytest
from support.deploy import assert_equals_reference, deployed, run, stimulus_of
from support.graphs import (
    DT_S,
    N_STEPS,
    assert_spikes_equal_float,
    model,
    on_grid,
    population,
    projection,
    unit_if,
)
from support.models import input_spikes

from neurodeploy.deployment.host import InputCoding
from neurodeploy.errors import DoesNotCompile
from neurodeploy.model import (
    Affine,
    AvgPool2d,
    Conv2d,
    CubaLif,
    Flatten,
    Li,
    Lif,
    Linear,
    Max,
    Population,
    Projection,
    Relu,
    SumPool2d,
)
from neurodeploy.terms import Readout, Reset


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(5)


@pytest.mark.parametrize("reset", list(Reset))
def test_residual_graph_equals_float(rng: np.random.Generator, reset: Reset) -> None:
    network = model(
        [population(n, k, reset=reset) for n, k in (("a", 5), ("b", 5), ("c", 4))],
        [
            projection("in", "a", Affine(weight=on_grid(rng, 5, 6))),
            projection("a", "b", Affine(weight=on_grid(rng, 5, 5))),
            projection("b", "c", Affine(weight=on_grid(rng, 4, 5))),
            projection("a", "c", Affine(weight=on_grid(rng, 4, 5))),
        ],
    )
    assert_spikes_equal_float(network, input_spikes(rng, 2, N_STEPS, (6,)))
    skip = next(p for p in deployed(network).program.projections if p.name == "a->c")
    assert skip.delay_steps == 2


def test_self_loop_equals_float(rng: np.random.Generator) -> None:
    network = model(
        [population("a", 5), population("b", 3)],
        [
            projection("in", "a", Affine(weight=on_grid(rng, 5, 6))),
            projection("a", "a", Affine(weight=on_grid(rng, 5, 5)), delay_steps=1),
            projection("a", "b", Affine(weight=on_grid(rng, 3, 5))),
        ],
    )
    assert_spikes_equal_float(network, input_spikes(rng, 2, N_STEPS, (6,)))


def test_loop_of_two_with_delay_equals_float(rng: np.random.Generator) -> None:
    network = model(
        [population("a", 5), population("b", 4)],
        [
            projection("in", "a", Affine(weight=on_grid(rng, 5, 6))),
            projection("a", "b", Affine(weight=on_grid(rng, 4, 5)), delay_steps=1),
            projection("b", "a", Affine(weight=on_grid(rng, 5, 4)), delay_steps=1),
        ],
    )
    assert_spikes_equal_float(network, input_spikes(rng, 2, N_STEPS, (6,)))


def test_loop_with_too_little_delay_is_refused(rng: np.random.Generator) -> None:
    network = model(
        [population("a", 5), population("b", 4)],
        [
            projection("in", "a", Affine(weight=on_grid(rng, 5, 6))),
            projection("a", "b", Affine(weight=on_grid(rng, 4, 5))),
            projection("b", "a", Affine(weight=on_grid(rng, 5, 4)), delay_steps=1),
        ],
    )
    with pytest.raises(DoesNotCompile) as caught:
        deployed(network)
    assert str(caught.value) == (
        "ND3101: the loop a -> b -> a has less delay than projections; on a chip each projection "
        "takes one step: add delay to the loop"
    )


def test_two_summed_sources_equal_float(rng: np.random.Generator) -> None:
    joined = Projection(
        name="sum", sources=("a", "b"), target="c", chain=(Affine(weight=on_grid(rng, 4, 5)),)
    )
    network = model(
        [population(n, k) for n, k in (("a", 5), ("b", 5), ("c", 4))],
        [
            projection("in", "a", Affine(weight=on_grid(rng, 5, 6))),
            projection("in", "b", Affine(weight=on_grid(rng, 5, 6))),
            joined,
        ],
    )
    assert_spikes_equal_float(network, input_spikes(rng, 2, N_STEPS, (6,)))


def test_long_delay_equals_float(rng: np.random.Generator) -> None:
    network = model(
        [population("a", 5), population("b", 4)],
        [
            projection("in", "a", Affine(weight=on_grid(rng, 5, 6)), delay_steps=7),
            projection("a", "b", Affine(weight=on_grid(rng, 4, 5)), delay_steps=3),
        ],
    )
    assert_spikes_equal_float(network, input_spikes(rng, 2, N_STEPS, (6,)))


def test_maximum_over_spikes_equals_float(rng: np.random.Generator) -> None:
    conv = Conv2d(weight=on_grid(rng, 2, 1, 3, 3), padding=(1, 1))
    pool = Max(input_shape=(2, 6, 6), kernel=(2, 2), stride=(2, 2))
    network = model(
        [
            Population(name="a", shape=(2, 6, 6), neuron=unit_if()),
            Population(name="max", shape=(2, 3, 3), neuron=pool),
            population("b", 4),
        ],
        [
            projection("in", "a", conv),
            projection("a", "max"),
            projection("max", "b", Flatten(), Affine(weight=on_grid(rng, 4, 18))),
        ],
        shape=(1, 6, 6),
    )
    x = input_spikes(rng, 2, N_STEPS, (1, 6, 6))
    wanted = network.simulate(x, record=["max"])
    deployment = deployed(network)
    stimulus = stimulus_of(deployment, x)
    found = run(deployment, stimulus)
    assert_equals_reference(deployment.program, stimulus, found)
    lag = deployment.program.population("max").t_start
    np.testing.assert_array_equal(
        found.rasters["max"][:, lag : lag + N_STEPS],
        wanted.rasters["max"].reshape(2, N_STEPS, -1),
    )
    np.testing.assert_array_equal(found.outputs["b"], wanted.readouts["b"])


def test_pools_fuse_into_the_next_operator_and_equal_float(rng: np.random.Generator) -> None:
    conv = Conv2d(weight=on_grid(rng, 3, 2, 3, 3), bias=on_grid(rng, 3) / 4, padding=(1, 1))
    network = model(
        [
            Population(name="a", shape=(3, 4, 4), neuron=unit_if()),
            population("b", 5),
        ],
        [
            projection("in", "a", SumPool2d(kernel=(2, 2), stride=(2, 2)), conv),
            projection(
                "a",
                "b",
                AvgPool2d(kernel=(2, 2), stride=(2, 2)),
                Flatten(),
                Affine(weight=on_grid(rng, 5, 12)),
            ),
        ],
        shape=(2, 8, 8),
    )
    assert_spikes_equal_float(network, input_spikes(rng, 2, N_STEPS, (2, 8, 8)))
    operators = {p.name: type(p.operator).__name__ for p in deployed(network).program.projections}
    assert operators == {"in->a": "Conv", "a->b": "Dense"}


def test_v_reset_and_initial_voltage_equal_float(rng: np.random.Generator) -> None:
    settled = population("a", 5, v_reset=np.full((), -0.5), v0=np.full((), 0.25))
    network = model([settled], [projection("in", "a", Affine(weight=on_grid(rng, 5, 6)))])
    assert_spikes_equal_float(network, input_spikes(rng, 2, N_STEPS, (6,)))


def test_integrating_readout_follows_float(rng: np.random.Generator) -> None:
    leaky = Li(tau_s=np.full((), 8 * DT_S), r=np.full((), 8.0))
    network = model(
        [population("a", 5), population("out", 3, neuron=leaky)],
        [
            projection("in", "a", Affine(weight=on_grid(rng, 5, 6))),
            projection("a", "out", Affine(weight=on_grid(rng, 3, 5))),
        ],
        readout=Readout.SUM,
    )
    x = input_spikes(rng, 3, N_STEPS, (6,))
    deployment = deployed(network)
    stimulus = stimulus_of(deployment, x)
    found = run(deployment, stimulus)
    assert_equals_reference(deployment.program, stimulus, found)
    wanted = network.simulate(x).readouts["out"]
    scale = deployment.program.output_scale["out"]
    # The decay truncates below one state unit a step, and the readout sums over the steps.
    np.testing.assert_allclose(found.outputs["out"] * scale, wanted, atol=0.01 * abs(wanted).max())


def test_plain_affine_output_sums_in_float_units(rng: np.random.Generator) -> None:
    network = model(
        [population("a", 5), population("out", 3, neuron=Linear())],
        [
            projection("in", "a", Affine(weight=on_grid(rng, 5, 6))),
            projection("a", "out", Affine(weight=on_grid(rng, 3, 5), bias=on_grid(rng, 3))),
        ],
        readout=Readout.SUM,
    )
    x = input_spikes(rng, 3, N_STEPS, (6,))
    deployment = deployed(network)
    found = run(deployment, stimulus_of(deployment, x))
    scale = deployment.program.output_scale["out"]
    wanted = network.simulate(x).readouts["out"]
    np.testing.assert_array_equal(found.outputs["out"] * scale, wanted)


def test_injected_input_enters_directly_and_follows_float(rng: np.random.Generator) -> None:
    network = model(
        [population("a", 5), population("b", 4)],
        [
            projection("in", "a", Affine(weight=on_grid(rng, 5, 6), bias=on_grid(rng, 5))),
            projection("a", "b", Affine(weight=on_grid(rng, 4, 5))),
        ],
    )
    x = np.repeat(rng.random((2, 1, 6)), N_STEPS, axis=1)
    deployment = deployed(network, InputCoding.INJECTED)
    stimulus = stimulus_of(deployment, x)
    found = run(deployment, stimulus)
    assert_equals_reference(deployment.program, stimulus, found)
    kinds = [type(p.operator).__name__ for p in deployment.program.projections]
    assert kinds == ["Direct", "Dense"]
    wanted = network.simulate(x).spikes_per_neuron["a"].sum()
    assert abs(found.spikes_per_neuron["a"].sum() - wanted) <= 0.02 * wanted


def test_bias_into_a_filtered_current_passes_the_filter(rng: np.random.Generator) -> None:
    cuba = CubaLif(
        tau_syn_s=np.full((), 4 * DT_S),
        tau_mem_s=np.full((), 8 * DT_S),
        r=np.full((), 8.0),
        w_in=np.full((), 4.0),
        v_threshold=np.full((), 1.0),
    )
    affine = Affine(weight=on_grid(rng, 5, 6), bias=np.abs(on_grid(rng, 5)) / 4)
    network = model([population("a", 5, neuron=cuba)], [projection("in", "a", affine)])
    x = input_spikes(rng, 4, 60, (6,), rate=0.1)
    deployment = deployed(network)
    stimulus = stimulus_of(deployment, x)
    found = run(deployment, stimulus)
    assert_equals_reference(deployment.program, stimulus, found)
    assert [p.name for p in deployment.program.populations] == ["a.one", "a"]
    lag = deployment.program.population("a").t_start
    wanted = network.simulate(x, record=["a"]).rasters["a"]
    differing = (found.rasters["a"][:, lag : lag + 60] != wanted).mean()
    assert wanted.sum() > 50
    assert differing < 0.02


def test_leaky_network_follows_float(rng: np.random.Generator) -> None:
    leaky = Lif(tau_s=np.full((), 10 * DT_S), r=np.full((), 10.0), v_threshold=np.full((), 1.0))
    network = model(
        [population("a", 8, neuron=leaky)],
        [projection("in", "a", Affine(weight=on_grid(rng, 8, 6)))],
    )
    x = input_spikes(rng, 10, 100, (6,))
    deployment = deployed(network)
    found = run(deployment, stimulus_of(deployment, x))
    wanted = network.simulate(x, record=["a"]).rasters["a"]
    assert (found.rasters["a"][:, 1:101] != wanted).mean() < 0.02


def test_relu_and_analog_maximum_are_refused_together() -> None:
    pool = Max(input_shape=(1, 4, 4), kernel=(2, 2), stride=(2, 2))
    network = model(
        [
            Population(name="relu", shape=(1, 4, 4), neuron=Relu()),
            Population(name="max", shape=(1, 2, 2), neuron=pool),
        ],
        [projection("in", "relu"), projection("relu", "max")],
        shape=(1, 4, 4),
    )
    with pytest.raises(DoesNotCompile) as caught:
        deployed(network)
    assert str(caught.value).splitlines() == [
        "ND3101: population 'relu' is a ReLU of an artificial network; a chip needs spiking "
        "neurons: convert it first: neurodeploy convert",
        "ND3101: population 'max' takes a maximum over values that are not the spikes of one "
        "layer; only the OR of spikes has an integer form: pool after a spiking layer, or use "
        "average pooling",
    ]
