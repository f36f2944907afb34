"""The fused way through time gives what autograd gives, values and gradients."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from support.toy_task import toy_model

from neurodeploy.learning.twin import Surrogate, Trainable, Twin
from neurodeploy.learning.twin.fused import Fused
from neurodeploy.learning.twin.surrogate import Shape
from neurodeploy.model import Conv2d, Flatten, If, Lif, Model, Neuron, Population, Projection
from neurodeploy.terms import Reset

DT = 1e-3
THETA = np.linspace(0.2, 0.9, 12)
NEURONS = {
    "if": If(r=np.array(1 / DT), v_threshold=THETA),
    "if, gain": If(r=np.array(2 / DT), v_threshold=np.array(0.5)),
    "lif": Lif(tau_s=np.array(DT / 0.3), r=np.array(1 / 0.3), v_threshold=THETA),
    "lif, resting": Lif(
        tau_s=np.array(DT / 0.3),
        r=np.array(1 / 0.3),
        v_threshold=THETA,
        v_leak=np.array(0.1),
    ),
}


def spiking(neuron: Neuron, reset: Reset) -> Model:
    model = toy_model()
    hidden = Population(
        name="hidden",
        shape=(12,),
        neuron=neuron,
        reset=reset,
        v0=np.linspace(0, 0.1, 12),
        v_reset=np.array(0.05) if reset is Reset.ZERO else np.zeros(()),
    )
    return replace(model, populations=(hidden, model.populations[1]))


def images() -> Model:
    """Return a convolution before the toy task's layers, so that channels are there."""
    rng = np.random.default_rng(0)
    model = toy_model()
    neuron = If(r=np.array(1 / DT), v_threshold=np.array(0.4))
    conv = Conv2d(weight=rng.normal(0, 0.6, (3, 2, 3, 3)), bias=None, padding=(1, 1))
    last = Conv2d(weight=rng.normal(0, 0.6, (1, 3, 3, 2)), bias=None, padding=(0, 0))
    first, second = (
        Population(name="first", shape=(3, 4, 4), neuron=neuron),
        Population(name="second", shape=(1, 2, 3), neuron=neuron),
    )
    projections = (
        Projection(name="a", sources=("in",), target="first", chain=(conv,)),
        Projection(name="b", sources=("first",), target="second", chain=(last,)),
        replace(
            model.projections[0],
            sources=("second",),
            chain=(Flatten(), *model.projections[0].chain),
        ),
        model.projections[1],
    )
    inputs = (replace(model.inputs[0], shape=(2, 4, 4)),)
    populations = (first, second, *model.populations)
    return replace(model, inputs=inputs, populations=populations, projections=projections)


def gradients(model: Model, x: torch.Tensor, trainable: Trainable, path: Fused | None) -> list:
    surrogate = Surrogate(shape=Shape.ARCTAN)
    twin = Twin(model, surrogate=surrogate, trainable=trainable, path=path, dtype=torch.float64)
    given = x.clone().requires_grad_(True)
    logits = twin(given).logits
    torch.autograd.backward((logits**2).sum())
    parameters = [(name, p.grad) for name, p in twin.named_parameters() if p.grad is not None]
    return [("logits", logits.detach()), ("x", given.grad), *parameters]


def assert_equal(model: Model, x: torch.Tensor, trainable: Trainable) -> None:
    plain, fused = (gradients(model, x, trainable, path) for path in (None, Fused()))
    assert [name for name, _ in plain] == [name for name, _ in fused]
    for (name, one), (_, other) in zip(plain, fused, strict=True):
        assert torch.allclose(one, other, rtol=1e-10, atol=1e-12), name  # sums in another order


def series(shape: tuple[int, ...]) -> torch.Tensor:
    return torch.rand((9, 6, *shape), generator=torch.Generator().manual_seed(0)).double()


@pytest.mark.parametrize("reset", [Reset.ZERO, Reset.SUBTRACT, Reset.ZERO_DELAYED])
@pytest.mark.parametrize("name", list(NEURONS))
@pytest.mark.parametrize("thresholds", [False, True])
def test_values_and_gradients_are_those_of_autograd(
    name: str, reset: Reset, thresholds: bool
) -> None:
    model = spiking(NEURONS[name], reset)
    assert_equal(model, series((6,)), Trainable(thresholds=thresholds))


def test_what_is_trained_beside_thresholds_takes_the_plain_way() -> None:
    model = spiking(NEURONS["lif"], Reset.ZERO)
    assert_equal(model, series((6,)), Trainable(thresholds=True, leaks=True, v0=True))


def test_channels_lie_where_they_like_and_give_the_same() -> None:
    assert_equal(images(), series((2, 4, 4)), Trainable(thresholds=True))
    still = series((2, 4, 4))[:, :1].expand(-1, 6, -1, -1, -1)
    plain, fused = (Twin(images(), path=p, dtype=torch.float64) for p in (None, Fused()))
    assert torch.allclose(plain(still).logits, fused(still).logits, rtol=1e-12)


def test_frozen_weights_leave_the_gradient_of_the_samples() -> None:
    x = series((6,)).requires_grad_(True)
    twins = [
        Twin(toy_model(), trainable=Trainable(weights=False), path=path, dtype=torch.float64)
        for path in (None, Fused())
    ]
    one, other = (torch.autograd.grad(twin(x).logits.sum(), x)[0] for twin in twins)
    assert torch.allclose(one, other, rtol=1e-10, atol=1e-12)
