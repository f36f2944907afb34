"""Finetuning starts from the converted network itself, and repairs what hard reset breaks."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from support import anns

from neurodeploy import api
from neurodeploy.deployment.host import InputCoding
from neurodeploy.frontends.samples import Encoding, Samples, samples_of
from neurodeploy.learning.data import Parts
from neurodeploy.learning.options import TrainOptions
from neurodeploy.learning.train import train
from neurodeploy.learning.twin import Trainable, Twin
from neurodeploy.learning.twin.neurons import move
from neurodeploy.methods.conversion import ConversionOptions, convert
from neurodeploy.methods.conversion.finetune import OPTIONS, finetune
from neurodeploy.methods.conversion.readout_unit import unit_of
from neurodeploy.methods.conversion.staircase import with_staircases
from neurodeploy.methods.conversion.unit_thresholds import with_unit_thresholds
from neurodeploy.model import If, Model, Relu
from neurodeploy.terms import Reset


def repeated(x: np.ndarray, n_steps: int) -> np.ndarray:
    return np.repeat(x[:, None], n_steps, axis=1)


def balanced() -> Model:
    """Return the network of seed 0 with a bias of its classes that makes them equally likely."""
    model = anns.layers(0)
    x = anns.samples(9, 500).x
    last = model.projections[-1]
    (affine,) = last.chain
    mean = model.simulate(x[:, None]).readouts["classes"].mean(axis=0)
    chain = (replace(affine, bias=affine.bias - mean),)
    return replace(model, projections=(*model.projections[:-1], replace(last, chain=chain)))


def labelled(seed: int, n: int) -> Samples:
    """Return samples with the labels that the network gives them."""
    data = anns.samples(seed, n)
    y = balanced().simulate(data.x[:, None]).predictions()
    return samples_of(data.x, y, "data")


@pytest.mark.parametrize("make", [anns.layers, anns.residual])
def test_unit_thresholds_spike_as_before(make) -> None:
    model, data = make(0), anns.samples(1, 30)
    converted = convert(model, data).model
    scaled = with_unit_thresholds(converted)
    thresholds = {
        float(p.neuron.v_threshold) for p in scaled.populations if isinstance(p.neuron, If)
    }
    assert thresholds == {1.0}
    before, after = (m.simulate(repeated(data.x, 20)) for m in (converted, scaled))
    assert {n: v.tolist() for n, v in before.spikes_per_neuron.items()} == {
        n: v.tolist() for n, v in after.spikes_per_neuron.items()
    }


def test_finetuning_mends_a_hard_reset() -> None:
    model, calibration = balanced(), anns.samples(1, 60)
    conversion = convert(model, calibration, ConversionOptions(reset=Reset.ZERO))
    held = labelled(3, 300)
    x = repeated(held.x, 8)
    before = float((conversion.model.simulate(x).predictions() == held.y).mean())
    parts = Parts(
        train=labelled(2, 600), validation=held, encoding=Encoding(coder="direct", n_steps=8)
    )
    options = replace(OPTIONS, epochs=6, batch_size=20, learning_rate=0.05)
    trained = finetune(conversion, parts, options)
    after = float((trained.model.simulate(x).predictions() == held.y).mean())
    assert after == pytest.approx(trained.best_accuracy, abs=0.01)  # float32 in the twin
    assert after > before + 0.05
    assert trained.model.population("layer1").reset is Reset.ZERO


def test_ceilings_of_staircases_are_trained_and_become_thresholds() -> None:
    model, calibration = anns.layers(0), anns.samples(1, 60)
    stairs = with_staircases(model, calibration, 4)
    first = stairs.population("layer1").neuron
    assert isinstance(first, Relu)
    assert first.levels == 4
    parts = Parts(
        train=labelled(2, 200),
        validation=labelled(3, 50),
        encoding=Encoding(coder="direct", n_steps=1),
    )
    options = TrainOptions(epochs=1, learning_rate=0.05, trainable=Trainable(thresholds=True))
    trained = train(stairs, parts, options).model
    after = trained.population("layer1").neuron
    assert isinstance(after, Relu)
    assert after.ceiling != first.ceiling
    record = convert(trained, calibration).record
    assert record.thresholds["layer1"] == after.ceiling
    assert record.lines[-1] == "thresholds of layer1, layer2 are the trained ceilings"


def test_a_ceiling_learns_from_what_it_cuts_off() -> None:
    stairs = with_staircases(anns.layers(0), anns.samples(1, 60), 4, percentile=90)
    twin = Twin(stairs, trainable=Trainable(thresholds=True), dtype=torch.float64)
    population = stairs.population("layer1")
    parameters = twin.parameters_at(population)
    assert parameters is not None
    ceiling = population.neuron.ceiling  # type: ignore[union-attr]
    x = torch.full((1, 20), 2 * ceiling, dtype=torch.float64)
    move(population, parameters, None, x, twin.surrogate).sum().backward()
    (scale,) = parameters.parameters()
    assert float(scale.grad) == pytest.approx(20 * ceiling)


def test_large_logits_are_counted_in_a_unit_that_integers_hold() -> None:
    model, data = anns.layers(0), anns.samples(1, 60)
    last = model.projections[-1]
    (affine,) = last.chain
    chain = (replace(affine, weight=1e4 * affine.weight, bias=1e4 * affine.bias),)
    loud = replace(model, projections=(*model.projections[:-1], replace(last, chain=chain)))
    plain, converted = (convert(m, data).model for m in (model, loud))
    unit = unit_of(converted)
    assert (unit_of(plain), unit) == (1.0, 2.0 ** round(np.log2(unit)))
    assert converted.history[-1] == (
        f"the readout counts in units of {unit:g}, so that integers hold it"
    )
    x = repeated(data.x, 20)
    found, wanted = (m.simulate(x).readouts["classes"] for m in (converted, plain))
    np.testing.assert_allclose(found * unit / 1e4, wanted, rtol=1e-6, atol=1e-6)
    api.compile(converted, chip="ideal", input_coding=InputCoding.INJECTED)
