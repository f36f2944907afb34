"""Measured BatchNorm and the finetuning that stands on it."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from support.toy_task import ENCODING, toy_model, toy_parts

from neurodeploy.errors import InputError
from neurodeploy.frontends.samples import Samples
from neurodeploy.learning.options import TrainOptions
from neurodeploy.learning.train import train
from neurodeploy.methods.robust.adversarial import Adversarial
from neurodeploy.methods.robust.adversary import Adversary
from neurodeploy.methods.robust.harden import HardenOptions, harden, measured_on
from neurodeploy.methods.robust.normalised import with_measured_batchnorm
from neurodeploy.model import Affine, BatchNorm, If, Model, Relu
from neurodeploy.passes.fold_batchnorm import FoldBatchNorm
from neurodeploy.terms import Reset

ROBUST = Adversarial(adversary=Adversary(eps=0.15))
OPTIONS = HardenOptions(objective=ROBUST, epochs=3, batch_size=30)


def norms(model: Model) -> list[BatchNorm]:
    return [o for p in model.projections for o in p.chain if isinstance(o, BatchNorm)]


def spiking() -> Model:
    return train(toy_model(), toy_parts(), TrainOptions(epochs=4, batch_size=30)).model


def test_measured_batchnorm_changes_nothing_and_holds_what_it_measured() -> None:
    model, parts = toy_model(), toy_parts()
    measured = with_measured_batchnorm(model, measured_on(model, parts, 30))
    (norm,) = norms(measured)
    (affine,) = [o for o in model.projections[0].chain if isinstance(o, Affine)]
    currents = parts.train.x @ affine.weight.T
    assert norm.mean == pytest.approx(currents.mean(axis=0), abs=1e-6)
    assert norm.var == pytest.approx(currents.var(axis=0), abs=1e-6)
    assert norm.beta == pytest.approx(norm.mean)
    assert norm.gamma == pytest.approx(np.sqrt(norm.var + norm.eps))
    x = np.repeat(parts.validation.x[:, None], 5, axis=1)
    folded = FoldBatchNorm().apply(measured).simulate(x)
    assert np.allclose(folded.readouts["out"], model.simulate(x).readouts["out"], atol=1e-9)


def test_measured_batchnorm_brings_back_one_that_was_folded() -> None:
    model, parts = toy_model(), toy_parts()
    rng = np.random.default_rng(1)
    (affine,) = [o for o in model.projections[0].chain if isinstance(o, Affine)]
    currents = parts.train.x @ affine.weight.T
    norm = BatchNorm(
        mean=currents.mean(axis=0),
        var=currents.var(axis=0),
        gamma=rng.uniform(0.5, 2.0, 12),
        beta=rng.normal(0.0, 1.0, 12),
        eps=1e-12,
    )
    first = replace(model.projections[0], chain=(affine, norm))
    folded = FoldBatchNorm().apply(replace(model, projections=(first, model.projections[1])))
    (found,) = norms(with_measured_batchnorm(folded, measured_on(folded, parts, 30)))
    assert found.gamma == pytest.approx(norm.gamma, rel=1e-3)  # float32, and eps of its own
    assert found.beta == pytest.approx(norm.beta, abs=1e-5)


def test_a_batchnorm_that_is_there_is_kept() -> None:
    model, parts = toy_model(), toy_parts()
    once = with_measured_batchnorm(model, measured_on(model, parts, 30))
    assert with_measured_batchnorm(once, measured_on(once, parts, 30)).digest == once.digest


def test_hardening_makes_a_network_more_robust_and_folds_what_it_put_in() -> None:
    hardened = harden(spiking(), toy_parts(), replace(OPTIONS, epochs=8, learning_rate=0.05))
    assert hardened.before.moved is not None
    assert hardened.after.moved is not None
    assert hardened.after.moved.accuracy > hardened.before.moved.accuracy
    assert hardened.after.clean.accuracy >= 0.85
    assert not norms(hardened.trained.model)
    assert hardened.after.clean.rates.keys() == {"hidden"}


def theta(model: Model) -> float:
    neuron = model.population("hidden").neuron
    assert isinstance(neuron, If)
    return float(neuron.v_threshold)


def weights(model: Model) -> list[np.ndarray]:
    return [o.weight for p in model.projections for o in p.chain if isinstance(o, Affine)]


def test_each_part_can_be_left_as_it_is() -> None:
    start, parts = spiking(), toy_parts()
    frozen = replace(OPTIONS, thresholds=False, batchnorm=False, epochs=1)
    assert theta(harden(start, parts, frozen).trained.model) == theta(start)
    moved = replace(frozen, thresholds=True, weights=False)
    only = harden(start, parts, moved).trained.model
    assert theta(only) != theta(start)
    assert all(np.array_equal(a, b) for a, b in zip(weights(only), weights(start), strict=True))
    both = harden(start, parts, replace(OPTIONS, epochs=1)).trained.model
    assert theta(both) != theta(start)


def test_thresholds_keep_the_floor() -> None:
    options = replace(OPTIONS, epochs=1, weight_decay=10.0, least_threshold=0.6)
    assert theta(harden(spiking(), toy_parts(), options).trained.model) >= 0.6 - 1e-6


def test_without_an_adversary_nothing_is_measured_under_attack() -> None:
    clean = Adversarial(adversary=None)
    options = replace(OPTIONS, objective=clean, epochs=1, batchnorm=False)
    hardened = harden(spiking(), toy_parts(), options)
    assert hardened.before.moved is None
    assert hardened.trained.model.history[-1].endswith("loss of clean samples")


def test_a_hardening_goes_on_where_it_stopped(tmp_path: Path) -> None:
    class Stop(Exception):
        pass

    def stop(epoch: object) -> None:
        raise Stop

    start, parts, path = spiking(), toy_parts(), tmp_path / "h.checkpoint"
    whole = harden(start, parts, OPTIONS)
    with pytest.raises(Stop):
        harden(start, parts, OPTIONS, checkpoint=path, on_epoch=stop)
    again = harden(start, parts, OPTIONS, checkpoint=path)
    assert again.trained.model.digest == whole.trained.model.digest


def test_what_cannot_be_hardened_is_refused() -> None:
    model = toy_model()
    ann = replace(
        model,
        populations=(
            replace(model.populations[0], neuron=Relu(), reset=Reset.NONE),
            model.populations[1],
        ),
    )
    parts = replace(toy_parts(), encoding=replace(ENCODING, coder="rate"))
    with pytest.raises(InputError) as caught:
        harden(ann, parts, OPTIONS)
    assert caught.value.problems == (
        "the network has no population that spikes; train an artificial one with "
        "`train --adversarial pgd`, convert it with `convert --robust`, then harden that",
        "toy.npz: the network is shown spikes by rate; training moves values: take "
        "--encode direct, or give series of values",
    )
    events = Samples(
        x=np.zeros((2, 4), np.int64),
        y=np.zeros(1, np.int64),
        where="e.npz",
        offsets=np.array([0, 2]),
    )
    with pytest.raises(InputError) as caught:
        harden(model, replace(parts, train=events, encoding=None), OPTIONS)
    assert caught.value.problems == (
        "e.npz: the network is shown events; training moves values: take --encode direct, or "
        "give series of values",
    )
