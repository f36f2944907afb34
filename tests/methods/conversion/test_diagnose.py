"""A diagnosis measures each layer against the activations, and blames the one that loses them."""

from dataclasses import replace

import numpy as np
import pytest
from support import anns

from neurodeploy import toolchain
from neurodeploy.frontends.samples import Encoding, samples_of
from neurodeploy.methods.conversion import Conversion, ConversionOptions, MaxPool, Rule, convert
from neurodeploy.methods.conversion.diagnose import diagnose
from neurodeploy.methods.conversion.diagnosis import Cause
from neurodeploy.methods.conversion.in_integers import in_integers
from neurodeploy.methods.conversion.over_steps import accuracy_over_steps, logits_over_steps
from neurodeploy.model import If
from neurodeploy.terms import Reset


def repeated(x: np.ndarray, n_steps: int) -> np.ndarray:
    return np.repeat(x[:, None], n_steps, axis=1)


def labelled(n: int, shape: tuple[int, ...] = (6,)):
    data = anns.samples(1, n, shape)
    return samples_of(data.x, np.arange(n) % 4, "data")


@pytest.mark.parametrize("make", [anns.layers, anns.residual])
def test_figures_are_those_of_the_float_simulator(make) -> None:
    model, data = make(0), labelled(30)
    conversion = convert(model, data)
    found = diagnose(conversion, data, 20, batch_size=7)
    names = tuple(conversion.record.thresholds)
    run = conversion.model.simulate(repeated(data.x, 20), record=names)
    wanted = model.simulate(data.x[:, None], record=names)
    for layer in found.layers:
        theta = conversion.record.thresholds[layer.name]
        rates = run.rasters[layer.name].mean(axis=1)
        values, activations = theta * rates, wanted.rasters[layer.name][:, 0]
        assert layer.rate == pytest.approx(rates.mean(), abs=1e-3)
        correlation = np.corrcoef(values.ravel(), activations.ravel())[0, 1]
        assert layer.correlation == pytest.approx(correlation, abs=1e-3)
        error = np.linalg.norm(values - activations) / np.linalg.norm(activations)
        assert layer.error == pytest.approx(error, abs=2e-3)
        assert layer.saturated == pytest.approx((rates.max(axis=0) == 1).sum(), abs=1)
    assert found.ann_accuracy == (wanted.predictions() == data.y).mean()
    assert found.accuracy is not None
    assert found.accuracy[-1] == pytest.approx((run.predictions() == data.y).mean(), abs=0.04)
    assert found.agreement[-1] == pytest.approx(
        (run.predictions() == wanted.predictions()).mean(), abs=0.04
    )


def test_the_first_layer_adds_all_of_its_error_itself() -> None:
    model, data = anns.layers(0), anns.samples(1, 30)
    first, second = diagnose(convert(model, data), data, 20).layers
    assert first.own_error == pytest.approx(first.error, rel=1e-4)
    assert second.own_error != pytest.approx(second.error, rel=1e-2)


def test_a_threshold_that_is_too_low_is_blamed_for_saturation() -> None:
    model, data = anns.layers(0), anns.samples(1, 30)
    good = convert(model, data, ConversionOptions(rule=Rule.MAX))
    assert diagnose(good, data, 200).breaking is None
    bad = lowered(good, "layer2", 0.2)
    blamed = diagnose(bad, data, 200).breaking
    assert blamed is not None
    assert (blamed.name, blamed.cause) == ("layer2", Cause.SATURATION)
    assert blamed.saturated > 0


def lowered(conversion: Conversion, name: str, factor: float) -> Conversion:
    """Return the conversion with one threshold multiplied, the value of its spikes too."""
    thresholds = dict(conversion.record.thresholds)
    thresholds[name] *= factor
    model = conversion.model
    population = model.population(name)
    assert isinstance(population.neuron, If)
    neuron = replace(population.neuron, v_threshold=population.neuron.v_threshold * factor)
    populations = tuple(
        replace(p, neuron=neuron, v0=p.v0 * factor) if p.name == name else p
        for p in model.populations
    )
    projections = tuple(
        replace(p, chain=(replace(p.chain[0], scale=p.chain[0].scale * factor), *p.chain[1:]))
        if name in p.sources
        else p
        for p in model.projections
    )
    return replace(
        conversion,
        model=replace(model, populations=populations, projections=projections),
        record=replace(conversion.record, thresholds=thresholds),
    )


def test_hard_reset_is_blamed_for_what_it_throws_away() -> None:
    model, data = anns.layers(0), anns.samples(1, 30)
    hard = convert(model, data, ConversionOptions(rule=Rule.MAX, reset=Reset.ZERO))
    blamed = diagnose(hard, data, 200).breaking
    assert blamed is not None
    assert blamed.cause is Cause.RESET


def test_neurons_that_stay_silent_although_they_should_spike_are_dead() -> None:
    model, data = anns.layers(0), anns.samples(1, 30)
    conversion = convert(model, data, ConversionOptions(rule=Rule.MAX))
    (first, *others) = conversion.model.populations
    v0 = np.zeros(20)
    v0[3] = -1e9
    model = replace(conversion.model, populations=(replace(first, v0=v0), *others))
    layer = diagnose(replace(conversion, model=model), data, 200).layers[0]
    alive = diagnose(conversion, data, 200).layers[0]
    assert layer.dead == alive.dead + 1


def test_logits_over_steps_are_those_of_runs_of_every_length() -> None:
    data = labelled(10)
    conversion = convert(anns.residual(0), data)
    logits = logits_over_steps(conversion.model, data, 12, batch_size=4)
    for n_steps in (1, 5, 12):
        wanted = conversion.model.simulate(repeated(data.x, n_steps)).readouts["classes"]
        np.testing.assert_allclose(logits[:, n_steps - 1], wanted, atol=1e-3)
    right = accuracy_over_steps(logits, data.y)
    assert right[-1] == (logits[:, -1].argmax(axis=1) == data.y).mean()


def test_integers_are_held_against_floats_and_activations() -> None:
    data = labelled(8)
    conversion = convert(anns.residual(0), data)
    encoding = Encoding(coder="direct", n_steps=32)
    options = toolchain.CompileOptions(chip="ideal")
    deployment = toolchain.compile_network(conversion.model, "cpu-emu", options, (data, encoding))
    found = in_integers(conversion, deployment, data, 32)
    floats = diagnose(conversion, data, 32)
    stimulus = toolchain.stimulus_of(deployment, data, encoding)
    answers = toolchain.run(deployment, stimulus).predictions()
    assert found.accuracy is not None
    assert found.accuracy[-1] == (answers == data.y).mean()
    for layer, beside in zip(found.layers, floats.layers, strict=True):
        assert layer.rounding < 0.1
        assert layer.rate == pytest.approx(beside.rate, abs=0.02)
        assert layer.correlation == pytest.approx(beside.correlation, abs=0.02)


def test_pools_of_differences_have_integers() -> None:
    x = anns.samples(1, 12, (1, 6, 6))
    data = samples_of(x.x, np.arange(12) % 4, "data")
    options = ConversionOptions(rule=Rule.MAX, maxpool=MaxPool.DIFFERENCES)
    conversion = convert(anns.pooled(0), data, options)
    deployment = toolchain.compile_network(
        conversion.model,
        "cpu-emu",
        toolchain.CompileOptions(chip="ideal"),
        (data, Encoding(coder="direct", n_steps=64)),
    )
    found = in_integers(conversion, deployment, data, 64)
    assert all(layer.rounding < 0.15 for layer in found.layers)
    assert found.agreement > 0.8
