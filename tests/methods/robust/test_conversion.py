"""Robust conversion: BatchNorm comes back, its statistics are those of the spiking network."""

from dataclasses import replace

import numpy as np
import torch
from support import anns

from neurodeploy.methods.conversion import ConversionOptions, Rule
from neurodeploy.methods.robust.conversion import DEFAULTS, robust_conversion
from neurodeploy.methods.robust.normalised import with_measured_batchnorm
from neurodeploy.model import BatchNorm, If, Model
from neurodeploy.passes.fold_batchnorm import FoldBatchNorm
from neurodeploy.terms import Reset

SHORT = replace(DEFAULTS, n_steps=20, batch_size=32, n_samples=96)


def norms(model: Model) -> list[BatchNorm]:
    return [o for p in model.projections for o in p.chain if isinstance(o, BatchNorm)]


def agreement(ann: Model, snn: Model, n_steps: int) -> float:
    x = anns.samples(2, 100).x
    wanted = ann.simulate(x[:, None]).predictions()
    series = np.repeat(x[:, None], n_steps, axis=1)
    return float((FoldBatchNorm().apply(snn).simulate(series).predictions() == wanted).mean())


def test_the_spiking_network_answers_as_the_artificial_one() -> None:
    ann = anns.layers(0)
    conversion = robust_conversion(ann, anns.samples(1, 200), 8, SHORT)
    assert agreement(ann, conversion.model, 8) >= 0.7
    assert len(norms(conversion.model)) == 2
    for name in ("layer1", "layer2"):
        population = conversion.model.population(name)
        assert population.reset is Reset.ZERO
        assert isinstance(population.neuron, If)
        assert float(population.neuron.v_threshold) == conversion.record.thresholds[name]
    assert "BatchNorm's statistics taken of the currents of 8 steps" in conversion.model.history
    assert conversion.record.n_samples == 96


def currents(model: Model, n_steps: int) -> list[np.ndarray]:
    """Return mean and deviation of what arrives at each layer on the calibration samples."""
    samples = anns.samples(1, 200)
    x = torch.from_numpy(samples.x.astype(np.float32))[:, None].expand(-1, n_steps, -1)
    measured = with_measured_batchnorm(FoldBatchNorm().apply(model), [x])
    return [np.concatenate([norm.mean, np.sqrt(norm.var)]) for norm in norms(measured)]


def test_each_layer_gets_currents_like_those_of_the_artificial_one() -> None:
    ann, samples = anns.layers(0), anns.samples(1, 200)
    options = replace(SHORT, n_samples=None, batch_size=200)
    wanted = currents(ann, 1)
    converted = currents(robust_conversion(ann, samples, 8, options).model, 8)
    for found, known in zip(converted, wanted, strict=True):
        assert np.abs(found - known).max() < 0.02
    without = robust_conversion(ann, samples, 8, options, batchnorm=False).model
    assert not norms(without)
    assert np.abs(currents(without, 8)[1] - wanted[1]).max() > 0.2


def test_the_scale_multiplies_every_threshold() -> None:
    ann, samples = anns.layers(0), anns.samples(1, 200)
    scaled = robust_conversion(ann, samples, 8, SHORT).record.thresholds
    whole = robust_conversion(ann, samples, 8, replace(SHORT, scale=1.0)).record.thresholds
    assert all(np.isclose(scaled[name], 0.3 * whole[name]) for name in whole)


def test_the_defaults_are_the_published_ones() -> None:
    assert ConversionOptions(rule=Rule.ROBUST, reset=Reset.ZERO, n_samples=704) == DEFAULTS
    used = (DEFAULTS.percentile_used, DEFAULTS.scale_used, DEFAULTS.n_steps, DEFAULTS.v0_used)
    assert used == (99.7, 0.3, 100, 0.0)
