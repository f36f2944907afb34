"""DSR: the rate is close to the clamp, its gradient is the clamp's, and the export spikes alike."""

from itertools import pairwise

import numpy as np
import pytest
import torch

from neurodeploy.learning.dsr import Clamped, Representation, as_subtracting, rewritten
from neurodeploy.learning.twin import Trainable, Twin
from neurodeploy.model import Affine, If, Input, Lif, Model, Neuron, Output, Population, Projection
from neurodeploy.terms import Readout

DT = 1e-3


def neuron(leak: float, theta: float) -> Neuron:
    if leak == 0:
        return If(r=np.array(1 / DT), v_threshold=np.array(theta))
    tau = np.array(DT / leak)
    return Lif(tau_s=tau, r=np.array(1.0), v_threshold=np.array(theta))


def dense(rng: np.random.Generator, n_out: int, n_in: int) -> Affine:
    return Affine(weight=rng.normal(0.1, 0.5, (n_out, n_in)), bias=rng.normal(0, 0.1, n_out))


def network(rng: np.random.Generator, leak: float) -> Model:
    sizes = (6, 20, 15, 4)
    populations = tuple(
        Population(name=f"p{k}", shape=(n,), neuron=neuron(leak, rng.uniform(0.3, 1.5)))
        for k, n in enumerate(sizes[1:])
    )
    projections = tuple(
        Projection(
            name=f"w{k}",
            sources=("in" if k == 0 else f"p{k - 1}",),
            target=f"p{k}",
            chain=(dense(rng, n_out, n_in),),
        )
        for k, (n_in, n_out) in enumerate(pairwise(sizes))
    )
    return as_subtracting(
        Model(
            inputs=(Input(name="in", shape=(6,)),),
            populations=populations,
            projections=projections,
            outputs=(Output(population="p2", readout=Readout.COUNT),),
            dt_s=DT,
        )
    )


@pytest.mark.parametrize("leak", [0.0, 0.1])
@pytest.mark.parametrize("alpha", [0.3, 0.5, 1.0])
def test_export_spikes_exactly_as_training_did(leak: float, alpha: float) -> None:
    n_spikes = 0
    for seed in range(20):
        rng = np.random.default_rng(seed)
        model = network(rng, leak)
        x = rng.uniform(0, 2, (5, 12, 6))
        twin = Twin(model, path=Representation(alpha=alpha), dtype=torch.float64)
        with torch.no_grad():
            outputs = twin(torch.from_numpy(x)).outputs
        exported = rewritten(model, alpha).simulate(x, record=["p0", "p1", "p2"])
        for name, raster in exported.rasters.items():
            spikes = outputs[name].transpose(0, 1).numpy() != 0
            assert np.array_equal(spikes, raster != 0), (seed, name)
            n_spikes += int(spikes.sum())
    assert n_spikes > 1000


def test_representation_is_the_clamp_up_to_a_spike() -> None:
    """With alpha 1/2 and a constant input the rate is rounded: off by theta / 2T at most."""
    n_steps, theta = 50, 0.8
    current = torch.linspace(-0.5, 1.5, 41, dtype=torch.float64)
    series = current.expand(n_steps, 1, 41)
    zero = torch.zeros((), dtype=torch.float64)
    out = Clamped.apply(series, 1 - zero, torch.tensor(theta, dtype=torch.float64), 1 - zero, 0.5)
    rate = out.mean(dim=0)[0]
    wanted = current.clamp(0, theta)
    assert float((rate - wanted).abs().max()) <= theta / (2 * n_steps) + 1e-12


def test_gradient_is_the_clamps() -> None:
    n_steps, theta = 8, torch.tensor(1.0, dtype=torch.float64, requires_grad=True)
    mean = torch.tensor([[-0.2, 0.4, 0.9, 1.7]], dtype=torch.float64)
    series = mean.expand(n_steps, 1, 4).clone().requires_grad_()
    one = torch.ones((), dtype=torch.float64)
    out = Clamped.apply(series, one, theta, one, 0.5)
    weights = torch.tensor([1.0, 2.0, 3.0, 4.0], dtype=torch.float64)
    (out.mean(dim=0) * weights).sum().backward()
    wanted = torch.tensor([0.0, 2.0, 3.0, 0.0], dtype=torch.float64) / n_steps
    torch.testing.assert_close(series.grad, wanted.expand(n_steps, 1, 4))
    assert float(theta.grad) == 4.0


def test_thresholds_are_trained_and_kept() -> None:
    model = network(np.random.default_rng(0), 0.0)
    twin = Twin(model, path=Representation(), trainable=Trainable(thresholds=True))
    x = torch.rand(8, 5, 6)
    optimiser = torch.optim.SGD(twin.parameters(), 0.05)
    for _ in range(3):
        optimiser.zero_grad()
        twin(x).logits.pow(2).sum().backward()
        optimiser.step()
    trained = twin.model()
    before, after = (m.population("p2").neuron.v_threshold for m in (model, trained))
    assert before != after
    assert rewritten(trained, 0.5).population("p2").v0 == 0.5 * after
