"""Joins and forks without neurons disappear on the way to a Program, which equals float."""

from dataclasses import replace

import numpy as np
import pytest
from support.deploy import assert_equals_reference, deployed, run, stimulus_of
from support.graphs import (
    N_STEPS,
    assert_spikes_equal_float,
    model,
    on_grid,
    population,
    projection,
)
from support.models import input_spikes

from neurodeploy.deployment.host import InputCoding
from neurodeploy.errors import DoesNotCompile
from neurodeploy.model import Affine, Conv2d, Flatten, Linear, Model, Output, Population, Scale
from neurodeploy.model.join import without_joins
from neurodeploy.terms import Readout


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(8)


def join(name: str, size: int) -> Population:
    return population(name, size, neuron=Linear())


def coarse(rng: np.random.Generator, n_out: int, n_in: int) -> Affine:
    """Weights of which a product of two still fits into the bits of a chip."""
    weight, bias = rng.integers(-1, 3, (n_out, n_in)), rng.integers(-1, 2, n_out)
    return Affine(weight=weight / 2, bias=bias / 16)


def two_ways(rng: np.random.Generator, delay_steps: int = 0) -> Model:
    """in and a meet in a join, which feeds b and, through weights, c."""
    return model(
        [population("a", 5), join("join", 5), population("b", 5), population("c", 4)],
        [
            projection("in", "a", Affine(weight=on_grid(rng, 5, 6))),
            projection("in", "join", coarse(rng, 5, 6)),
            projection("a", "join", coarse(rng, 5, 5), delay_steps=2),
            projection("join", "b", Scale(scale=np.full((), 0.5)), delay_steps=delay_steps),
            projection("join", "c", coarse(rng, 4, 5), delay_steps=delay_steps),
        ],
    )


@pytest.mark.parametrize("delay_steps", [0, 1, 3])
def test_a_join_with_two_ways_in_and_out_equals_float(
    rng: np.random.Generator, delay_steps: int
) -> None:
    network = two_ways(rng, delay_steps)
    assert_spikes_equal_float(network, input_spikes(rng, 2, N_STEPS, (6,)))


def test_every_pair_of_ways_is_one_projection(rng: np.random.Generator) -> None:
    network = without_joins(two_ways(rng))
    assert [(p.name, p.delay_steps) for p in network.projections] == [
        ("in->a", 0),
        ("in->join+join->b", 0),
        ("a->join+join->b", 2),
        ("in->join+join->c", 0),
        ("a->join+join->c", 2),
    ]
    assert [p.name for p in network.populations] == ["a", "b", "c"]


def test_a_delay_behind_a_join_holds_its_biases_back(rng: np.random.Generator) -> None:
    network = without_joins(two_ways(rng, delay_steps=3))
    assert [p.name for p in network.populations] == ["a", "b", "c", "join.one"]
    late = [(p.name, p.delay_steps) for p in network.projections if p.sources == ("join.one",)]
    assert late == [("join.one+join->b", 3), ("join.one+join->c", 3)]
    x = input_spikes(rng, 2, N_STEPS, (6,))
    names = ["a", "b", "c"]
    wanted = two_ways(np.random.default_rng(8), delay_steps=3).simulate(x, record=names)
    found = network.simulate(x, record=names)
    for name in names:
        np.testing.assert_array_equal(found.rasters[name], wanted.rasters[name])


def test_joins_in_a_row_equal_float(rng: np.random.Generator) -> None:
    network = model(
        [population("a", 5), join("one", 5), join("two", 5), population("b", 4)],
        [
            projection("in", "a", Affine(weight=on_grid(rng, 5, 6))),
            projection("in", "one", coarse(rng, 5, 6)),
            projection("a", "one"),
            projection("one", "two"),
            projection("a", "two", coarse(rng, 5, 5)),
            projection("two", "b", Affine(weight=on_grid(rng, 4, 5))),
        ],
    )
    assert_spikes_equal_float(network, input_spikes(rng, 2, N_STEPS, (6,)))


def test_a_join_among_the_sources_of_a_sum_equals_float(rng: np.random.Generator) -> None:
    both = replace(projection("a", "b", coarse(rng, 4, 5)), sources=("a", "join"))
    network = model(
        [population("a", 5), join("join", 5), population("b", 4)],
        [
            projection("in", "a", Affine(weight=on_grid(rng, 5, 6))),
            projection("in", "join", coarse(rng, 5, 6)),
            both,
        ],
    )
    assert_spikes_equal_float(network, input_spikes(rng, 2, N_STEPS, (6,)))


def test_a_loop_through_a_join_equals_float(rng: np.random.Generator) -> None:
    network = model(
        [join("join", 5), population("a", 5)],
        [
            projection("in", "join", Affine(weight=on_grid(rng, 5, 6))),
            projection("a", "join", Affine(weight=on_grid(rng, 5, 5)), delay_steps=1),
            projection("join", "a"),
        ],
    )
    assert_spikes_equal_float(network, input_spikes(rng, 2, N_STEPS, (6,)))


def test_images_pass_a_join_as_convolutions(rng: np.random.Generator) -> None:
    first = Conv2d(weight=on_grid(rng, 2, 1, 3, 3), padding=(1, 1))
    second = Conv2d(weight=on_grid(rng, 2, 1, 1, 1))
    network = model(
        [
            Population(name="join", shape=(2, 5, 5), neuron=Linear()),
            Population(name="a", shape=(2, 5, 5), neuron=population("x", 1).neuron),
            population("b", 3),
        ],
        [
            projection("in", "join", first),
            replace(projection("in", "join", second), name="skip"),
            projection("join", "a"),
            projection("a", "b", Flatten(), Affine(weight=on_grid(rng, 3, 50))),
        ],
        shape=(1, 5, 5),
    )
    assert_spikes_equal_float(network, input_spikes(rng, 2, N_STEPS, (1, 5, 5)))
    kinds = [type(p.operator).__name__ for p in deployed(network).program.projections]
    assert kinds == ["Conv", "Conv", "Dense"]


def test_a_join_that_is_read_stays_as_an_output(rng: np.random.Generator) -> None:
    network = replace(
        two_ways(rng),
        outputs=(Output(population="join", readout=Readout.SUM), Output(population="c")),
    )
    x = input_spikes(rng, 3, N_STEPS, (6,))
    deployment = deployed(network)
    stimulus = stimulus_of(deployment, x)
    found = run(deployment, stimulus)
    assert_equals_reference(deployment.program, stimulus, found)
    wanted = network.simulate(x).readouts
    scale = deployment.program.output_scale["join"]
    np.testing.assert_array_equal(found.outputs["join"] * scale, wanted["join"])
    np.testing.assert_array_equal(found.outputs["c"], wanted["c"])


def test_an_injected_input_passes_a_join(rng: np.random.Generator) -> None:
    network = model(
        [join("join", 5), population("a", 5), population("b", 4)],
        [
            projection("in", "join", Affine(weight=on_grid(rng, 5, 6))),
            projection("join", "a"),
            projection("a", "b", Affine(weight=on_grid(rng, 4, 5))),
        ],
    )
    x = np.repeat(rng.integers(0, 16, (2, 1, 6)) / 16, N_STEPS, axis=1)
    deployment = deployed(network, InputCoding.INJECTED)
    stimulus = stimulus_of(deployment, x)
    found = run(deployment, stimulus)
    assert_equals_reference(deployment.program, stimulus, found)
    wanted = network.simulate(x).spikes_per_neuron["a"].sum()
    assert abs(found.spikes_per_neuron["a"].sum() - wanted) <= 0.02 * wanted


def test_a_loop_without_neurons_has_a_state_and_is_refused(rng: np.random.Generator) -> None:
    network = model(
        [join("join", 5), population("a", 5)],
        [
            projection("in", "join", Affine(weight=on_grid(rng, 5, 6))),
            projection("join", "join", Scale(scale=np.full((), 0.5)), delay_steps=1),
            projection("join", "a"),
        ],
    )
    with pytest.raises(DoesNotCompile) as caught:
        deployed(network)
    assert str(caught.value) == (
        "ND3101: population 'join' does not spike and feeds projection 'join->join'; only an "
        "output may be without spikes: put a spiking layer there"
    )
