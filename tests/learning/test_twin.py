"""The twin equals the float simulator: same spikes, same voltages, on random networks."""

import numpy as np
import pytest
import torch
from support.random_models import random_model

from neurodeploy.learning.twin import Twin
from neurodeploy.model import Model

N_MODELS = 300


def stimulus(model: Model, rng: np.random.Generator) -> np.ndarray:
    entry = model.inputs[0]
    return rng.uniform(entry.low, entry.high, (2, 8, *entry.shape))


@pytest.mark.parametrize("block", range(6))
def test_twin_equals_the_simulator_on_random_models(block: int) -> None:
    """Spikes are equal; voltages to 1e-9, since sums may differ in their order."""
    n_spikes = 0
    for seed in range(block * N_MODELS // 6, (block + 1) * N_MODELS // 6):
        rng = np.random.default_rng(seed)
        model = random_model(rng)
        n_spikes += compared_spikes(model, stimulus(model, rng))
    assert n_spikes > 1000


def compared_spikes(model: Model, x: np.ndarray) -> int:
    simulation = model.simulate(x, record=[p.name for p in model.populations])
    with torch.no_grad():
        trace = Twin(model, dtype=torch.float64)(torch.from_numpy(x))
    for name, theirs in simulation.rasters.items():
        ours = trace.outputs[name].transpose(0, 1).numpy()
        np.testing.assert_allclose(ours, theirs, rtol=1e-9, atol=1e-9)
    for name, value in simulation.readouts.items():
        ours = trace.readouts[name].numpy()
        np.testing.assert_allclose(ours, value.reshape(ours.shape), rtol=1e-9, atol=1e-9)
    return int(sum(spikes.sum() for spikes in simulation.spikes.values()))


def test_untouched_twin_gives_its_model_back() -> None:
    for seed in range(20):
        model = random_model(np.random.default_rng(seed))
        assert Twin(model).model().digest == model.digest
