"""Samples come from the network alone, lie in its range and carry its own labels."""

import numpy as np
import pytest
from support.leaky import N_CLASSES, SHAPE, ann, spiking_twin, trained_ann

from neurodeploy.errors import InputError
from neurodeploy.methods.private import SynthesisOptions, synthesise, uniform_noise
from neurodeploy.methods.private.soft_labels import class_similarity, soft_labels
from neurodeploy.model import (
    Affine,
    Input,
    Linear,
    Model,
    Output,
    Population,
    Projection,
    Relu,
)
from neurodeploy.terms import Readout, Reset

OPTIONS = SynthesisOptions(n_per_class=8, iterations=30, batch_size=10)


def vector_net(seed: int) -> Model:
    """A network of values that are no image, from -2 to 3."""
    rng = np.random.default_rng(seed)
    chains = {
        "hidden": (Affine(weight=rng.normal(size=(8, 5))),),
        "out": (Affine(weight=rng.normal(size=(4, 8))),),
    }
    return Model(
        inputs=(Input(name="in", shape=(5,), low=-2, high=3),),
        populations=(
            Population(name="hidden", shape=(8,), neuron=Relu(), reset=Reset.NONE),
            Population(name="out", shape=(4,), neuron=Linear(), reset=Reset.NONE),
        ),
        projections=tuple(
            Projection(name=f"to_{target}", sources=(source,), target=target, chain=chains[target])
            for source, target in (("in", "hidden"), ("hidden", "out"))
        ),
        outputs=(Output(population="out", readout=Readout.LAST),),
        dt_s=1e-3,
    )


def test_classes_are_as_alike_as_their_rows() -> None:
    similar = class_similarity(ann(0))
    assert similar.shape == (N_CLASSES, N_CLASSES)
    np.testing.assert_allclose(np.diag(similar), 1.0)
    np.testing.assert_allclose(similar.min(axis=1), 0.0, atol=1e-12)


def test_soft_labels_sum_to_one_and_lean_to_what_is_alike() -> None:
    similarity = np.array([[1.0, 0.9, 0.0], [0.0, 1.0, 0.2], [0.5, 0.0, 1.0]])
    drawn = soft_labels(similarity, 2000, np.random.default_rng(0))
    np.testing.assert_allclose(drawn.sum(axis=1), 1.0)
    expected = similarity / similarity.sum(axis=1, keepdims=True)  # the mean of a Dirichlet
    means = drawn.reshape(3, 2000, 3).mean(axis=1)
    np.testing.assert_allclose(means, expected, atol=0.04)  # 4 standard errors


def test_samples_lie_in_range_and_carry_the_networks_labels() -> None:
    network = trained_ann(0)
    made = synthesise(network, OPTIONS)
    x = made.samples.x
    assert x.shape == (8 * N_CLASSES, *SHAPE)
    assert x.min() >= 0
    assert x.max() <= 1
    np.testing.assert_allclose(x * 255, np.rint(x * 255), atol=1e-4)
    told = network.simulate(x[:, None].astype(np.float64)).predictions()
    np.testing.assert_array_equal(made.samples.y, told)
    assert 0 < made.agreeing <= 1


def test_the_same_seed_makes_the_same_samples_whatever_the_batch() -> None:
    one = synthesise(trained_ann(0), OPTIONS)
    again = synthesise(trained_ann(0), OPTIONS)
    np.testing.assert_array_equal(one.samples.x, again.samples.x)
    other = synthesise(trained_ann(0), SynthesisOptions(n_per_class=8, iterations=30, seed=1))
    assert not np.array_equal(one.samples.x, other.samples.x)


def test_what_is_no_image_is_synthesised_too() -> None:
    network = vector_net(0)
    made = synthesise(network, SynthesisOptions(n_per_class=10, iterations=80, levels=None))
    assert made.samples.x.shape == (40, 5)
    assert made.samples.x.min() >= -2
    assert made.samples.x.max() <= 3
    noise = uniform_noise(network, 40, seed=0)
    logits = {
        name: next(iter(network.simulate(s.x[:, None].astype(np.float64)).readouts.values()))
        for name, s in (("made", made.samples), ("noise", noise))
    }
    surer = [np.sort(values)[:, -1] - np.sort(values)[:, -2] for values in logits.values()]
    assert surer[0].mean() > surer[1].mean()


def test_a_spiking_network_is_refused() -> None:
    with pytest.raises(InputError) as caught:
        synthesise(spiking_twin(0), OPTIONS)
    assert caught.value.code == "ND2872"
    assert caught.value.problems == (
        "samples are synthesised from an artificial network of rectifiers with one input, found "
        "'conv', 'fc', 'classes'",
    )


def test_options_outside_their_range_are_named_together() -> None:
    with pytest.raises(InputError) as caught:
        SynthesisOptions(n_per_class=0, temperature=0.0)
    assert caught.value.code == "ND2873"
    assert caught.value.problems == (
        "0 samples a class, expected at least 1",
        "the temperature is 0, expected above 0",
    )
