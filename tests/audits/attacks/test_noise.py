"""Noise: what it may change, and how much of it there is."""

import pytest
import torch
from support.attacked import spiking_model
from support.toy_task import toy_model

from neurodeploy.audits.attacks import Ball
from neurodeploy.audits.attacks.noise import mismatched, noisy
from neurodeploy.learning.twin import Twin

BALL = Ball(eps=0.0, low=0.0, high=255.0)


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def test_sensor_noise_is_a_share_of_the_range() -> None:
    """Of 20,000 draws; the deviation's own relative error is then half a percent."""
    x = torch.full((100, 200), 127.0)
    moved = noisy(x, "sensor", 0.05, BALL, generator())
    assert float(moved.std()) == pytest.approx(0.05 * 255, rel=0.03)
    ends = noisy(torch.tensor([[0.0, 255.0]]).expand(50, 2), "sensor", 0.5, BALL, generator())
    assert float(ends.min()) >= 0.0
    assert float(ends.max()) <= 255.0


def test_lost_pixels_are_dark_and_lost_spikes_fewer() -> None:
    x = torch.full((100, 200), 40.0)
    dark = noisy(x, "pixels", 0.3, BALL, generator())
    assert set(dark.unique().tolist()) == {0.0, 40.0}
    assert float((dark == 0).float().mean()) == pytest.approx(0.3, abs=0.02)
    fewer = noisy(x, "spikes", 0.3, BALL, generator())
    assert float(fewer.mean()) == pytest.approx(0.7 * 40, rel=0.01)
    assert torch.equal(fewer, fewer.round())


def test_jitter_keeps_every_spike_and_its_place() -> None:
    x = torch.zeros(3, 20, 5)
    x[:, 10] = 2.0
    x[:, 0, 0] = 1.0
    moved = noisy(x, "jitter", 3.0, BALL, generator())
    assert torch.equal(moved.sum(dim=1), x.sum(dim=1))
    assert not moved[:, 14:].any()
    assert not moved[:, 4:7].any()
    assert not torch.equal(moved, x)


def test_mismatch_changes_one_kind_and_not_the_network_itself() -> None:
    model = toy_model()
    plain, weights, thresholds = (
        Twin(model),
        mismatched(model, "weights", 0.1, generator()),
        mismatched(model, "thresholds", 0.1, generator()),
    )
    for name, value in plain.chains.named_parameters():
        other = weights.chains.get_parameter(name)
        assert torch.equal(value, other) == name.endswith("bias")
        assert torch.equal(value, thresholds.chains.get_parameter(name))
    theta = thresholds.parameters_at(model.population("hidden"))
    assert theta is not None
    assert len(theta.theta().unique()) == 12
    assert float(theta.theta().std()) == pytest.approx(0.1, rel=0.6)
    assert Twin(model).model().digest == model.digest


def test_leaks_stay_leaks() -> None:
    model = spiking_model(0)
    twin = mismatched(model, "leaks", 5.0, generator())
    held = twin.parameters_at(model.population("hidden"))
    assert held is not None
    assert float(held.leak("leak_v").abs().max()) == 0.0  # integrate-and-fire neurons have none
