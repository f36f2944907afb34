"""Thresholds, integrators, current-based readouts and one-dimensional convolutions in integers."""

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

from neurodeploy.errors import DoesNotCompile
from neurodeploy.model import (
    Affine,
    Conv1d,
    CubaLi,
    Flatten,
    I,
    Neuron,
    Population,
    Scale,
    Threshold,
)
from neurodeploy.terms import Readout, Reset


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(6)


@pytest.mark.parametrize("chip", ["ideal", "loihi2"])
@pytest.mark.parametrize("theta", [0.75, 0.0, -0.5])
def test_a_threshold_forgets_everything(rng: np.random.Generator, theta: float, chip: str) -> None:
    stateless = Threshold(threshold=np.full((), theta))
    network = model(
        [
            population("a", 8, neuron=stateless, reset=Reset.SUBTRACT_DELAYED),
            population("b", 4),
        ],
        [
            projection("in", "a", Affine(weight=on_grid(rng, 8, 6), bias=on_grid(rng, 8) / 4)),
            projection("a", "b", Affine(weight=on_grid(rng, 4, 8))),
        ],
    )
    x = input_spikes(rng, 3, N_STEPS, (6,))
    assert_spikes_equal_float(network, x)
    [first, _] = deployed(network, chip=chip).program.populations
    assert (first.du == 4095).all()
    assert (first.dv == 4096).all()


def test_thresholds_per_neuron_follow_float(rng: np.random.Generator) -> None:
    stateless = Threshold(threshold=np.array([0.25, 0.5, 1.0, -0.25]))
    network = model(
        [population("a", 4, neuron=stateless)],
        [projection("in", "a", Affine(weight=rng.normal(size=(4, 6))))],
    )
    x = input_spikes(rng, 4, N_STEPS, (6,))
    deployment = deployed(network)
    found = run(deployment, stimulus_of(deployment, x))
    wanted = network.simulate(x, record=["a"]).rasters["a"]
    assert 0.2 < wanted.mean() < 0.8
    assert (found.rasters["a"][:, 1 : N_STEPS + 1] != wanted).mean() < 0.02


def readouts(rng: np.random.Generator, neuron: Neuron) -> tuple[np.ndarray, np.ndarray]:
    """Return what a readout of `neuron` gives on cpu-emu, in float units, and in float."""
    network = model(
        [population("a", 5), population("out", 3, neuron=neuron)],
        [
            projection("in", "a", Affine(weight=on_grid(rng, 5, 6))),
            projection("a", "out", Affine(weight=on_grid(rng, 3, 5))),
        ],
        readout=Readout.LAST,
    )
    x = input_spikes(rng, 3, N_STEPS, (6,))
    deployment = deployed(network)
    stimulus = stimulus_of(deployment, x)
    found = run(deployment, stimulus)
    assert_equals_reference(deployment.program, stimulus, found)
    scale = deployment.program.output_scale["out"]
    return found.outputs["out"] * scale, network.simulate(x).readouts["out"]


def test_an_integrating_readout_equals_float(rng: np.random.Generator) -> None:
    found, wanted = readouts(rng, I(r=np.full((), 1 / DT_S)))
    np.testing.assert_array_equal(found, wanted)


def test_a_current_based_readout_follows_float(rng: np.random.Generator) -> None:
    neuron = CubaLi(
        tau_syn_s=np.full((), 4 * DT_S),
        tau_mem_s=np.full((), 8 * DT_S),
        r=np.full((), 8.0),
        w_in=np.full((), 4.0),
        v_leak=np.full((), 0.25),
    )
    found, wanted = readouts(rng, neuron)
    # Two decays truncate below one state unit a step each.
    np.testing.assert_allclose(found, wanted, atol=0.01 * abs(wanted).max())


def test_a_readout_that_feeds_another_layer_is_refused(rng: np.random.Generator) -> None:
    network = model(
        [population("a", 6, neuron=I(r=np.ones(()))), population("b", 6)],
        [projection("in", "a"), projection("a", "b")],
    )
    with pytest.raises(DoesNotCompile) as caught:
        deployed(network)
    assert str(caught.value) == (
        "ND3101: population 'a' does not spike and feeds projection 'a->b'; only an output may be "
        "without spikes: put a spiking layer there"
    )


def test_series_are_convolved_as_images_of_height_one(rng: np.random.Generator) -> None:
    first = Conv1d(weight=on_grid(rng, 4, 2, 3), bias=on_grid(rng, 4) / 4, stride=2, padding=1)
    second = Conv1d(weight=on_grid(rng, 6, 2, 3), dilation=2, padding=2, groups=2)
    network = model(
        [
            Population(name="a", shape=(4, 6), neuron=unit_if()),
            Population(name="b", shape=(6, 6), neuron=unit_if()),
            population("c", 5),
        ],
        [
            projection("in", "a", Scale(scale=np.array([[0.5], [2.0]])), first),
            projection("a", "b", second),
            projection("b", "c", Flatten(), Affine(weight=on_grid(rng, 5, 36))),
        ],
        shape=(2, 11),
    )
    assert_spikes_equal_float(network, input_spikes(rng, 2, N_STEPS, (2, 11)))
    operators = {p.name: p.operator for p in deployed(network).program.projections}
    kinds = {name: type(operator).__name__ for name, operator in operators.items()}
    assert kinds == {"in->a": "Conv", "a->b": "Conv", "b->c": "Dense"}


def test_a_matrix_for_each_row_equals_float(rng: np.random.Generator) -> None:
    rows = Affine(weight=on_grid(rng, 3, 4, 5), bias=on_grid(rng, 3, 4) / 4)
    network = model(
        [Population(name="a", shape=(3, 4), neuron=unit_if())],
        [projection("in", "a", rows)],
        shape=(3, 5),
    )
    assert_spikes_equal_float(network, input_spikes(rng, 2, N_STEPS, (3, 5)))
    [only] = deployed(network).program.projections
    assert len(only.operator.mantissa) <= 3 * 4 * 5  # type: ignore[union-attr]  # Sparse
