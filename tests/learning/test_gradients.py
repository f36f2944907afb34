"""Gradients: of the smooth parts by finite differences, of the spikes as snntorch has them."""

import numpy as np
import pytest
import snntorch
import torch
from snntorch import surrogate as theirs
from torch import nn

from neurodeploy.learning.twin import Surrogate, Trainable, Twin
from neurodeploy.learning.twin.surrogate import Shape
from neurodeploy.model import Affine, I, Input, Lif, Model, Output, Population, Projection
from neurodeploy.terms import Readout, Reset

DT = 1e-3
BETA = 0.9
RNG = np.random.default_rng(7)
HIDDEN, CLASSES = (RNG.normal(0, 1.0, size) for size in ((12, 5), (3, 12)))
X = RNG.uniform(0, 1, (4, 7, 5))


def leaky(name: str, size: int, reset: Reset) -> Population:
    tau = np.array(DT / (1 - BETA))
    neuron = Lif(tau_s=tau, r=np.array(1 / (1 - BETA)), v_threshold=np.array(1.0))
    return Population(name=name, shape=(size,), neuron=neuron, reset=reset)


def network(reset: Reset, readout: Population) -> Model:
    projections = (
        Projection(name="a", sources=("in",), target="h", chain=(Affine(weight=HIDDEN),)),
        Projection(name="b", sources=("h",), target="out", chain=(Affine(weight=CLASSES),)),
    )
    spiking = isinstance(readout.neuron, Lif)
    how = Readout.COUNT if spiking else Readout.LAST
    return Model(
        inputs=(Input(name="in", shape=(5,)),),
        populations=(leaky("h", 12, reset), readout),
        projections=projections,
        outputs=(Output(population="out", readout=how),),
        dt_s=DT,
    )


SURROGATES = [
    (Surrogate(shape=Shape.FAST_SIGMOID, width=25.0), theirs.fast_sigmoid(slope=25)),
    (Surrogate(shape=Shape.ARCTAN, width=2.0), theirs.atan(alpha=2.0)),
    (Surrogate(shape=Shape.STRAIGHT_THROUGH), theirs.straight_through_estimator()),
]


@pytest.mark.parametrize(("ours", "snntorchs"), SURROGATES)
@pytest.mark.parametrize(
    ("reset", "mechanism"), [(Reset.SUBTRACT_DELAYED, "subtract"), (Reset.ZERO, "zero")]
)
def test_gradients_equal_snntorchs(
    ours: Surrogate, snntorchs: object, reset: Reset, mechanism: str
) -> None:
    """Both resets of snntorch 1.0.0 as it does them by default.

    Its surrogates hand float32 on, so gradients agree to that.
    """
    model = network(reset, leaky("out", 3, reset))
    twin = Twin(model, surrogate=ours, dtype=torch.float64)
    logits = twin(torch.from_numpy(X)).logits
    (logits * torch.arange(1.0, 4.0)).sum().backward()
    layers = [nn.Linear(5, 12, bias=False), nn.Linear(12, 3, bias=False)]
    cells = [
        snntorch.Leaky(beta=BETA, reset_mechanism=mechanism, spike_grad=snntorchs) for _ in range(2)
    ]
    for cell in cells:
        cell.double()
    for layer, weight in zip(layers, (HIDDEN, CLASSES), strict=True):
        layer.double()
        layer.weight.data = torch.from_numpy(weight.copy())
    voltages = [torch.zeros((), dtype=torch.float64) for _ in cells]
    counts = torch.zeros(4, 3, dtype=torch.float64)
    for x in torch.from_numpy(X).transpose(0, 1):
        value = x
        for k, (layer, cell) in enumerate(zip(layers, cells, strict=True)):
            value, voltages[k] = cell(layer(value.double()), voltages[k])
        counts = counts + value.double()
    (counts * torch.arange(1.0, 4.0)).sum().backward()
    assert torch.equal(counts, logits)
    assert logits.sum() > 0
    for layer, (_, mine) in zip(layers, twin.named_parameters(), strict=True):
        torch.testing.assert_close(mine.grad, layer.weight.grad, rtol=1e-5, atol=1e-7)


def test_gradients_of_the_smooth_parts_are_finite_differences() -> None:
    """A readout's voltage is smooth in its weights and leak as long as no spike changes."""
    readout = Population(name="out", shape=(3,), neuron=I(r=np.array(1 / DT)))
    model = network(Reset.SUBTRACT, readout)
    twin = Twin(model, trainable=Trainable(leaks=True), dtype=torch.float64)
    value = twin(torch.from_numpy(X)).logits.pow(2).sum()
    value.backward()
    weight = twin.chain(model.projections[1])[0].weight
    for index in [(0, 0), (1, 5), (2, 11)]:
        differences = []
        for sign in (1, -1):
            with torch.no_grad():
                weight[index] += sign * 1e-6
                differences.append(float(twin(torch.from_numpy(X)).logits.pow(2).sum()))
                weight[index] -= sign * 1e-6
        found = (differences[0] - differences[1]) / 2e-6
        assert found == pytest.approx(float(weight.grad[index]), rel=1e-5)


@pytest.mark.parametrize("shape", list(Shape))
def test_surrogates_have_their_formula(shape: Shape) -> None:
    u = torch.tensor([-2.0, -0.3, 0.0, 0.2, 3.0], dtype=torch.float64)
    width, scale = 1.5, 0.5
    slope = Surrogate(shape=shape, width=width, scale=scale).slope(u).numpy()
    a = np.abs(u.numpy())
    formulas = {
        Shape.TRIANGULAR: np.maximum(0, width - a) / width**2,
        Shape.EXPONENTIAL: np.exp(-width * a),
        Shape.RECTANGULAR: (a < width / 2) / width,
        Shape.STRAIGHT_THROUGH: np.ones(5),
        Shape.ARCTAN: width / 2 / (1 + (np.pi * width * a / 2) ** 2),
        Shape.FAST_SIGMOID: 1 / (1 + width * a) ** 2,
    }
    np.testing.assert_allclose(slope, scale * formulas[shape], rtol=1e-12)
