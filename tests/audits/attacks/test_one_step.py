"""One gradient on a network whose gradient is known."""

import numpy as np
import torch
from support.attacked import linear_model

from neurodeploy.audits.attacks import (
    Ball,
    ball_of,
    cross_entropy,
    divergence,
    fgsm,
    rfgsm,
    sight,
    targeted,
)
from neurodeploy.frontends.samples import Encoding
from neurodeploy.learning.twin import Twin

WEIGHT = np.array([[1.0, -2.0, 0.5, 0.0], [-1.0, 1.0, 0.25, 0.0]])
DIRECT = Encoding(coder="direct", n_steps=3)


def linear_sight():
    twin = Twin(linear_model(WEIGHT, low=0, high=255), dtype=torch.float64)
    return sight(twin, DIRECT), ball_of(twin.template, 0.04)


def test_fgsm_on_a_linear_network_equals_the_closed_form() -> None:
    """With two classes the gradient of CE is p_other (w_other - w_own), whatever the sample."""
    logits, ball = linear_sight()
    x = torch.full((2, 4), 100.0, dtype=torch.float64)
    labels = torch.tensor([0, 1])
    crafted = fgsm(logits, x, cross_entropy(labels), ball)
    difference = torch.from_numpy(WEIGHT[1] - WEIGHT[0]).sign()
    expected = torch.stack([x[0] + 10.2 * difference, x[1] - 10.2 * difference])
    torch.testing.assert_close(crafted.x, expected, rtol=0, atol=1e-12)
    assert not crafted.is_dead.any()


def test_a_targeted_attack_goes_the_other_way() -> None:
    """With two classes, away from one label is towards the other."""
    logits, ball = linear_sight()
    x, labels = torch.full((1, 4), 100.0, dtype=torch.float64), torch.tensor([0])
    away = fgsm(logits, x, cross_entropy(labels), ball)
    towards = fgsm(logits, x, targeted(1 - labels), ball)
    back = fgsm(logits, x, targeted(labels), ball)
    torch.testing.assert_close(towards.x, away.x)
    torch.testing.assert_close(back.x - x, x - away.x)


def test_fgsm_stays_in_the_declared_range() -> None:
    logits, ball = linear_sight()
    x = torch.tensor([[0.0, 255.0, 3.0, 7.0]], dtype=torch.float64)
    crafted = fgsm(logits, x, cross_entropy(torch.tensor([0])), ball)
    torch.testing.assert_close(crafted.x, torch.tensor([[0.0, 255.0, 0.0, 7.0]]).double())


def test_rfgsm_takes_half_a_radius_at_random_and_half_along_the_gradient() -> None:
    logits, ball = linear_sight()
    x, labels = torch.full((500, 4), 100.0, dtype=torch.float64), torch.zeros(500, dtype=torch.long)
    clean = logits(x)
    crafted = rfgsm(logits, x, divergence(clean), ball, torch.Generator().manual_seed(0))
    moved = (crafted.x - x) / ball.radius
    # The last weight is 0 for both classes: only the random half moves it.
    assert set(moved[:, 3].round(decimals=9).tolist()) == {-0.5, 0.5}
    assert set(moved[:, :3].round(decimals=9).unique().tolist()) == {-1.0, 0.0, 1.0}
    assert len(labels) == len(crafted.is_dead)


def test_a_gradient_of_zero_is_called_dead() -> None:
    twin = Twin(linear_model(np.zeros((2, 4))))
    x, labels = torch.full((3, 4), 0.5), torch.tensor([0, 1, 0])
    crafted = fgsm(sight(twin, DIRECT), x, cross_entropy(labels), Ball(eps=0.1, low=0.0, high=1.0))
    assert crafted.is_dead.tolist() == [True, True, True]
    torch.testing.assert_close(crafted.x, x)


def test_large_logits_do_not_hide_the_gradient() -> None:
    """A softmax of logits 300 apart is 1 in float32, and its own gradient 0."""
    twin = Twin(linear_model(600 * WEIGHT, low=0, high=1))
    x, labels = torch.tensor([[0.5, 0.1, 0.1, 0.1]]), torch.tensor([0])
    assert float(torch.softmax(sight(twin, DIRECT)(x), dim=1).detach()[0, 0]) == 1.0
    ball = ball_of(twin.template, 0.1)
    crafted = fgsm(sight(twin, DIRECT), x, cross_entropy(labels), ball)
    torch.testing.assert_close(crafted.x, torch.tensor([[0.4, 0.2, 0.0, 0.1]]))
