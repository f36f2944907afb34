"""What no output depends on goes, and the outputs stay the same."""

from dataclasses import replace

import numpy as np
from support.toy_task import DT

from neurodeploy.methods.compression.unused import without_unused
from neurodeploy.model import (
    Affine,
    AvgPool2d,
    Conv2d,
    Flatten,
    I,
    Input,
    Lif,
    Model,
    Output,
    Population,
    Projection,
)
from neurodeploy.terms import Readout

GAIN = np.array(1 / DT)


def lif(shape: tuple[int, ...], name: str, threshold: np.ndarray | float = 0.4) -> Population:
    neuron = Lif(tau_s=np.array(2 * DT), r=np.array(2.0), v_threshold=np.asarray(threshold))
    return Population(name=name, shape=shape, neuron=neuron)


def network(seed: int = 0) -> Model:
    """Conv 2-4, pool, conv 4-3, fc 12-5, fc 5-2."""
    rng = np.random.default_rng(seed)

    def conv(n_out: int, n_in: int) -> Conv2d:
        weight = rng.normal(0.1, 0.4, (n_out, n_in, 3, 3))
        return Conv2d(weight=weight, bias=rng.normal(0, 0.1, n_out), padding=(1, 1))

    def affine(n_out: int, n_in: int) -> Affine:
        return Affine(weight=rng.normal(0.1, 0.4, (n_out, n_in)), bias=rng.normal(0, 0.1, n_out))

    thresholds = rng.uniform(0.2, 0.6, (3, 1, 1))
    chains = {
        "c1": ("in", (conv(4, 2),)),
        "c2": ("c1", (AvgPool2d(kernel=(2, 2), stride=(2, 2)), conv(3, 4))),
        "f1": ("c2", (Flatten(), affine(5, 12))),
        "out": ("f1", (affine(2, 5),)),
    }
    return Model(
        inputs=(Input(name="in", shape=(2, 4, 4)),),
        populations=(
            lif((4, 4, 4), "c1"),
            lif((3, 2, 2), "c2", thresholds),
            lif((5,), "f1"),
            Population(name="out", shape=(2,), neuron=I(r=GAIN)),
        ),
        projections=tuple(
            Projection(name=f"to_{target}", sources=(source,), target=target, chain=chain)
            for target, (source, chain) in chains.items()
        ),
        outputs=(Output(population="out", readout=Readout.LAST),),
        dt_s=DT,
    )


def emptied(model: Model, name: str, index: object, *, bias: bool = False) -> Model:
    """Return `model` with some weights (and the biases of the same rows) at 0."""
    projection = model.projection(name)
    old = projection.chain[-1]
    assert isinstance(old, Affine | Conv2d)
    weight, biases = old.weight.copy(), old.bias.copy()
    weight[index] = 0.0
    if bias:
        biases[index] = 0.0
    chain = (*projection.chain[:-1], replace(old, weight=weight, bias=biases))
    changed = replace(projection, chain=chain)
    return replace(
        model, projections=tuple(changed if p is projection else p for p in model.projections)
    )


def outputs(model: Model) -> np.ndarray:
    x = (np.random.default_rng(5).random((20, 6, 2, 4, 4)) < 0.5).astype(float)
    return model.simulate(x).readouts["out"]


def shapes(model: Model) -> dict[str, tuple[int, ...]]:
    return {p.name: p.shape for p in model.populations}


def test_a_network_in_use_is_left_alone() -> None:
    model = network()
    same, unused = without_unused(model)
    assert same.digest == model.digest
    assert (unused.removed, unused.emptied, unused.constant) == ({}, {}, {})


def test_unheard_channels_go_through_pools_and_flattening() -> None:
    model = emptied(network(), "to_c2", (slice(None), [0, 2]))
    model = emptied(model, "to_f1", (slice(None), slice(4, 8)))  # channel 1 of c2
    smaller, unused = without_unused(model)
    assert unused.removed == {"c1": 2, "c2": 1}
    assert shapes(smaller) == {"c1": (2, 4, 4), "c2": (2, 2, 2), "f1": (5,), "out": (2,)}
    assert np.array_equal(outputs(smaller), outputs(model))
    assert smaller.population("c2").neuron.v_threshold.shape == (2, 1, 1)


def test_silent_neurons_go_and_what_feeds_only_them() -> None:
    model = emptied(network(), "to_f1", [1, 3], bias=True)
    smaller, unused = without_unused(model)
    assert unused.removed == {"f1": 2}
    assert np.array_equal(outputs(smaller), outputs(model))


def test_a_neuron_that_only_a_bias_reaches_is_told_and_stays() -> None:
    model = emptied(network(), "to_f1", [2])
    projection = model.projection("to_f1")
    old = projection.chain[-1]
    assert isinstance(old, Affine)
    biases = np.abs(old.bias) + 0.3
    changed = replace(projection, chain=(Flatten(), replace(old, bias=biases)))
    model = replace(
        model, projections=tuple(changed if p is projection else p for p in model.projections)
    )
    same, unused = without_unused(model)
    assert unused.constant == {"f1": 1}
    assert np.array_equal(outputs(same), outputs(model))


def test_of_a_layer_that_nobody_hears_one_channel_stays() -> None:
    model = emptied(network(), "to_out", ...)
    smaller, unused = without_unused(model)
    assert shapes(smaller) == {"c1": (1, 4, 4), "c2": (1, 2, 2), "f1": (1,), "out": (2,)}
    assert unused.removed == {"c1": 3, "c2": 2, "f1": 4}
    assert np.array_equal(outputs(smaller), outputs(model))


def test_channels_that_are_summed_with_others_are_emptied_and_stay() -> None:
    model = network()
    first, second = model.projection("to_f1"), model.projection("to_out")
    joined = replace(second, sources=("f1", "g1"))
    twin = replace(first, name="to_g1", target="g1")
    model = replace(
        model,
        populations=(*model.populations, lif((5,), "g1")),
        projections=(*[p for p in model.projections if p is not second], twin, joined),
    )
    model = emptied(model, "to_f1", [0, 1], bias=True)
    same, unused = without_unused(model)
    assert shapes(same) == shapes(model)
    assert unused.removed == {}
    assert np.array_equal(outputs(same), outputs(model))
