"""The twin's quantised mode computes the reference's integers, and its gradient is the float's."""

import numpy as np
import pytest
import torch
from support.random_models import random_model

from neurodeploy.deployment.host import InputCoding
from neurodeploy.errors import DoesNotCompile, InputError
from neurodeploy.hardware.toml_file import load_chip
from neurodeploy.learning.quantised import Formats, QuantisedTwin
from neurodeploy.model import Model
from neurodeploy.program.reference import simulate

SEEDS = [5, 9, 10]
RANGES = load_chip("ideal").ranges


def quantised(model: Model) -> QuantisedTwin | None:
    """Return the twin; None for what has no integer form, or a pool that cannot be trained."""
    try:
        twin = QuantisedTwin(model, Formats(ranges=RANGES, coding=InputCoding.GRADED)).eval()
        return twin if twin.lowered.program.populations else None
    except (DoesNotCompile, InputError):
        return None


def test_quantised_twin_equals_the_reference_on_random_models() -> None:
    n_compared, n_spikes = 0, 0
    for seed in range(200):
        rng = np.random.default_rng(seed)
        twin = quantised(random_model(rng))
        if twin is None:
            continue
        entry = twin.template.inputs[0]
        x = rng.integers(int(entry.low), int(entry.high) + 1, (1, 6, *entry.shape))
        n_spikes += compared(twin, x)
        n_compared += 1
    assert n_compared >= 80
    assert n_spikes > 2000


def compared(twin: QuantisedTwin, x: np.ndarray) -> int:
    program, n_spikes = twin.lowered.program, 0
    name = program.inputs[0].name
    n_steps = x.shape[1] + max(p.t_start for p in program.populations)
    reference = simulate(program, {name: x[0]}, n_steps)
    with torch.no_grad():
        outputs = twin(torch.from_numpy(x)).outputs
    for population in program.populations:
        lag = population.t_start
        wanted = reference.outputs[population.name][lag : lag + x.shape[1]].astype(np.float64)
        if not population.spiking:
            wanted = wanted * program.output_scale[population.name]
        np.testing.assert_array_equal(outputs[population.name][:, 0].numpy(), wanted)
        n_spikes += int(reference.outputs[population.name].sum()) if population.spiking else 0
    return n_spikes


@pytest.mark.parametrize("seed", SEEDS)
def test_gradient_reaches_every_weight(seed: int) -> None:
    rng = np.random.default_rng(seed)
    twin = quantised(random_model(rng))
    assert twin is not None
    entry = twin.template.inputs[0]
    x = rng.integers(int(entry.low), int(entry.high) + 1, (2, 6, *entry.shape))
    loss = sum(values.sum() for values in twin.train()(torch.from_numpy(x)).outputs.values())
    loss.backward()
    assert all(p.grad is not None for p in twin.parameters() if p.requires_grad)
