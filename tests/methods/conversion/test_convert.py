"""A converted network's rates times its thresholds follow the activations it was made from."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from support import anns

from neurodeploy import api
from neurodeploy.errors import DoesNotCompile, InputError
from neurodeploy.learning.twin import Twin
from neurodeploy.methods.conversion import Conversion, ConversionOptions, MaxPool, Rule, convert
from neurodeploy.model import I, If, Model, Relu
from neurodeploy.terms import Readout, Reset

ROBUST = ConversionOptions(rule=Rule.ROBUST, n_steps=40, batch_size=16)


def repeated(x: np.ndarray, n_steps: int) -> np.ndarray:
    return np.repeat(x[:, None], n_steps, axis=1)


def rates(conversion: Conversion, x: np.ndarray, n_steps: int, name: str) -> np.ndarray:
    simulation = conversion.model.simulate(repeated(x, n_steps), record=(name,))
    theta = conversion.record.thresholds[name]
    return theta * simulation.rasters[name].mean(axis=1)


def activations(ann: Model, x: np.ndarray, name: str) -> np.ndarray:
    return ann.simulate(x[:, None], record=(name,)).rasters[name][:, 0]


def test_rule_max_takes_the_largest_activation() -> None:
    model, data = anns.layers(0), anns.samples(1, 50)
    found = convert(model, data, ConversionOptions(rule=Rule.MAX)).record.thresholds
    expected = {n: activations(model, data.x, n).max() for n in ("layer1", "layer2")}
    assert found == pytest.approx(expected, rel=1e-5)  # float32 in the twin


@pytest.mark.parametrize("batch_size", [7, 64])
@pytest.mark.parametrize("percentile", [80.0, 99.0, 99.9])
def test_a_percentile_is_that_of_all_samples_whatever_the_batches(
    batch_size: int, percentile: float
) -> None:
    model, data = anns.layers(0), anns.samples(1, 50)
    options = ConversionOptions(percentile=percentile, batch_size=batch_size)
    found = convert(model, data, options).record.thresholds
    expected = {
        n: np.percentile(activations(model, data.x, n), percentile) for n in ("layer1", "layer2")
    }
    assert found == pytest.approx(expected, rel=1e-5)


def test_the_robust_rule_watches_currents_of_layers_that_spike() -> None:
    model, data = anns.layers(0), anns.samples(1, 16)
    options = replace(ROBUST, percentile=100.0, scale=1.0)
    record = convert(model, data, options).record
    first = data.x @ model.projection("to_layer1").chain[0].weight.T
    first = first + model.projection("to_layer1").chain[0].bias
    theta = record.thresholds["layer1"]
    assert theta == pytest.approx(first.max(), rel=1e-5)
    v, largest = np.full_like(first, theta / 2), -np.inf
    for _ in range(options.n_steps):
        v = v + first
        spikes = v > theta
        v = v - theta * spikes
        second = model.projection("to_layer2").chain[0].apply(theta * spikes)
        largest = max(largest, second.max())
    assert record.thresholds["layer2"] == pytest.approx(largest, rel=1e-4)


def test_the_robust_rule_keeps_the_largest_percentile_of_any_batch() -> None:
    model, data = anns.layers(0, (6, 20, 4)), anns.samples(1, 48)
    found = convert(model, data, replace(ROBUST, scale=1.0)).record.thresholds["layer1"]
    current = model.projection("to_layer1").chain[0].apply(data.x)
    batches = [np.percentile(current[k : k + 16], 99.7) for k in (0, 16, 32)]
    assert found == pytest.approx(max(batches), rel=1e-5)


def test_the_robust_rule_scales_every_threshold_in_the_end() -> None:
    model, data = anns.layers(0), anns.samples(1, 32)
    whole = convert(model, data, replace(ROBUST, scale=1.0)).record.thresholds
    scaled = convert(model, data, ROBUST).record.thresholds
    assert scaled == {name: 0.3 * theta for name, theta in whole.items()}


def test_the_robust_rule_estimates_batchnorm_over_the_steps() -> None:
    model, data = anns.layers(0), anns.samples(1, 32)
    rng = np.random.default_rng(2)
    normed = replace(
        model,
        projections=tuple(
            replace(p, chain=(*p.chain, anns.norm(rng, p.chain[0].weight.shape[0])))
            for p in model.projections
        ),
    )
    options = replace(ROBUST, batch_size=32, scale=1.0)
    conversion = convert(normed, data, options)
    chain = conversion.model.projection("to_layer2").chain
    spikes = conversion.model.simulate(repeated(data.x, 40), record=("layer1",)).rasters["layer1"]
    before = chain[1].apply(chain[0].apply(spikes.reshape(-1, 20)))
    assert chain[2].mean == pytest.approx(before.mean(axis=0), abs=1e-4)
    assert chain[2].gamma.tolist() == normed.projection("to_layer2").chain[1].gamma.tolist()


@pytest.mark.parametrize("make", [anns.layers, anns.residual])
@pytest.mark.parametrize("rule", [Rule.MAX, Rule.ROBUST])
def test_rates_times_thresholds_approach_activations(make, rule: Rule) -> None:
    model, data = make(3), anns.samples(1, 40)
    scale = {Rule.MAX: 1.0, Rule.ROBUST: 1.2}[rule]  # so that hardly any rate saturates
    options = ConversionOptions(rule=rule, percentile=100.0, scale=scale, n_steps=20)
    conversion = convert(model, data, options)
    for name, theta in conversion.record.thresholds.items():
        wanted = activations(model, data.x, name)
        error = np.abs(rates(conversion, data.x, 1000, name) - wanted)
        assert error.mean() < 0.02 * theta
    readout = conversion.model.simulate(repeated(data.x, 1000)).readouts["classes"] / 1000
    wanted = model.simulate(data.x[:, None]).readouts["classes"]
    assert np.corrcoef(readout.ravel(), wanted.ravel())[0, 1] > 0.999


def test_a_staircase_becomes_the_rate_of_its_own_levels() -> None:
    relu = Relu(ceiling=0.8, levels=8)
    model, data = anns.layers(4, (6, 20, 4), relu), anns.samples(1, 40)
    conversion = convert(model, data)
    assert conversion.record.thresholds == {"layer1": 0.8}
    assert conversion.record.from_ceiling == ("layer1",)
    assert conversion.model.population("layer1").v0 == 0.4
    found = rates(conversion, data.x, 8, "layer1")
    np.testing.assert_allclose(found, activations(model, data.x, "layer1"), atol=1e-12)


def test_hard_reset_starts_from_zero_and_soft_from_half_a_threshold() -> None:
    model, data = anns.layers(0), anns.samples(1, 40)
    soft = convert(model, data).model.population("layer1")
    hard = convert(model, data, ConversionOptions(reset=Reset.ZERO)).model.population("layer1")
    assert isinstance(soft.neuron, If)
    assert (soft.reset, soft.v0) == (Reset.SUBTRACT, soft.neuron.v_threshold / 2)
    assert (hard.reset, hard.v0) == (Reset.ZERO, 0)


def test_a_linear_output_adds_up_and_a_rectified_one_counts() -> None:
    model, data = anns.layers(0), anns.samples(1, 40)
    converted = convert(model, data).model
    assert isinstance(converted.population("classes").neuron, I)
    assert converted.outputs[0].readout is Readout.LAST
    rectified = replace(
        model,
        populations=(
            *model.populations[:-1],
            replace(model.populations[-1], neuron=Relu()),
        ),
    )
    counted = convert(rectified, data).model
    assert isinstance(counted.population("classes").neuron, If)
    assert counted.outputs[0].readout is Readout.COUNT


def test_a_maximum_of_spikes_is_their_or_with_the_value_of_its_layer() -> None:
    model, data = anns.pooled(0), anns.samples(1, 30, (1, 6, 6))
    conversion = convert(model, data, ConversionOptions(maxpool=MaxPool.OR))
    simulation = conversion.model.simulate(repeated(data.x, 5), record=("conv", "pool"))
    windows = simulation.rasters["conv"].reshape(30, 5, 3, 2, 2, 2, 2)
    np.testing.assert_array_equal(simulation.rasters["pool"], windows.max(axis=(4, 6)))
    scale = conversion.model.projection("to_classes").chain[0].scale
    assert scale == conversion.record.thresholds["conv"]


def test_differences_are_the_maximum_and_converge_to_it() -> None:
    model, data = anns.pooled(0), anns.samples(1, 30, (1, 6, 6))
    options = ConversionOptions(rule=Rule.MAX, maxpool=MaxPool.DIFFERENCES)
    conversion = convert(model, data, options)
    wanted = activations(model, data.x, "pool")
    np.testing.assert_allclose(activations(conversion.ann, data.x, "pool"), wanted, atol=1e-12)
    error = np.abs(rates(conversion, data.x, 1000, "pool") - wanted)
    assert error.mean() < 0.02 * conversion.record.thresholds["pool"]


def test_a_rate_gate_passes_on_the_input_of_the_highest_rate_so_far() -> None:
    model, data = anns.pooled(0), anns.samples(1, 30, (1, 6, 6))
    options = ConversionOptions(rule=Rule.MAX, maxpool=MaxPool.RATE_GATED)
    conversion = convert(model, data, options)
    simulation = conversion.model.simulate(repeated(data.x, 9), record=("conv", "pool"))
    spikes = simulation.rasters["conv"].reshape(30, 9, 3, 2, 2, 2, 2)
    spikes = spikes.transpose(0, 1, 2, 3, 5, 4, 6).reshape(30, 9, 3, 2, 2, 4)
    leading = spikes.cumsum(axis=1).argmax(axis=-1)
    expected = np.take_along_axis(spikes, leading[..., None], axis=-1)[..., 0]
    np.testing.assert_array_equal(simulation.rasters["pool"], expected)
    twin = Twin(conversion.model, dtype=torch.float64).eval()
    found = twin(torch.from_numpy(repeated(data.x, 9))).outputs["pool"]
    np.testing.assert_array_equal(found.transpose(0, 1).detach().numpy(), expected)


def test_a_rate_gate_does_not_compile_and_names_what_does() -> None:
    model, data = anns.pooled(0), anns.samples(1, 30, (1, 6, 6))
    gated = convert(model, data, ConversionOptions(maxpool=MaxPool.RATE_GATED)).model
    with pytest.raises(DoesNotCompile) as refusal:
        api.compile(gated, chip="ideal")
    assert str(refusal.value) == (
        "ND3101: population 'pool' passes on the input of the highest rate so far, which needs a "
        "counter beside each synapse; no chip here has one: convert with --maxpool differences "
        "(the same maximum, of neurons), or, or average"
    )


def test_averaged_pools_are_the_mean_of_the_artificial_network_too() -> None:
    model, data = anns.pooled(0), anns.samples(1, 30, (1, 6, 6))
    conversion = convert(model, data, ConversionOptions(maxpool=MaxPool.AVERAGE))
    found = activations(conversion.ann, data.x, "pool")
    conv = activations(model, data.x, "conv").reshape(30, 3, 2, 2, 2, 2)
    np.testing.assert_allclose(found, conv.mean(axis=(3, 5)), atol=1e-12)


def test_a_maximum_pool_is_refused_unless_a_rule_is_named() -> None:
    with pytest.raises(InputError) as refusal:
        convert(anns.pooled(0), anns.samples(1, 5, (1, 6, 6)))
    assert str(refusal.value) == (
        "ND2831: population 'pool' takes the maximum of its window, for which rates have no exact "
        "form: choose --maxpool differences (layers that compute it pair by pair), or (spikes "
        "where any input does), rate-gated (in floats alone) or average (another function; "
        "finetune it), or train the network with average pools"
    )


def test_a_network_that_spikes_already_is_refused() -> None:
    converted = convert(anns.layers(0, (6, 20, 4)), anns.samples(1, 40)).model
    with pytest.raises(InputError) as refusal:
        convert(converted, anns.samples(1, 40))
    problems = refusal.value.problems
    assert problems == (
        "population 'layer1' is of kind If, no rectifier; converted are ReLU, linear sums and "
        "maximum pools: compile a network that spikes already as it is",
        "population 'classes' is of kind I, no rectifier; converted are ReLU, linear sums and "
        "maximum pools: compile a network that spikes already as it is",
        "the network has no ReLU, so nothing in it would spike: it is no artificial network to be "
        "converted; compile a spiking network as it is",
    )


def test_a_percentile_below_the_rare_values_of_a_layer_is_refused() -> None:
    model, data = anns.layers(0, (6, 20, 4)), anns.samples(1, 40)
    with pytest.raises(InputError) as refusal:
        convert(model, data, ConversionOptions(percentile=1.0))
    assert str(refusal.value) == (
        "ND2832: population 'layer1': the percentile of its values is 0, though some are larger; "
        "take a higher percentile, or the rule max"
    )


def test_a_layer_that_is_silent_on_all_data_is_named() -> None:
    model, data = anns.layers(0, (6, 20, 4)), anns.samples(1, 40)
    (first, last) = model.projections
    low = replace(first.chain[0], bias=np.full(20, -100.0))
    silent = replace(model, projections=(replace(first, chain=(low,)), last))
    conversion = convert(silent, data)
    assert conversion.record.silent == ("layer1",)
    assert conversion.record.thresholds == {"layer1": 1.0}
    assert conversion.model.history[-1] == "layer1 gave only 0 on these samples: threshold 1"


def test_the_record_names_data_rule_and_seed() -> None:
    model, data = anns.layers(0, (6, 20, 4)), anns.samples(1, 40)
    conversion = convert(model, data, ConversionOptions(n_samples=10, seed=3))
    again = convert(model, data, ConversionOptions(n_samples=10, seed=4))
    record = conversion.record
    assert record.data_digest != again.record.data_digest
    assert conversion.model.history[-2:] == (
        "converted: thresholds are the 99.9th percentile of each layer's activations; reset "
        "subtract from v0 = 0.5 thresholds",
        f"calibrated on 10 samples of data, {record.data_digest}, seed 3",
    )


def test_options_outside_their_range_are_refused_at_once() -> None:
    with pytest.raises(InputError) as refusal:
        ConversionOptions(rule=Rule.MAX, percentile=99.0, scale=0.0, reset=Reset.NONE, v0=1.0)
    assert refusal.value.problems == (
        "the rule max is the percentile 100; take percentile for another",
        "the scale is 0.0, expected above 0",
        "the reset is none, expected subtract or zero",
        "v0 is 1.0 thresholds, expected 0 to below 1",
    )
