"""Attacks of one gradient: FGSM and RFGSM."""

import torch
from torch import Tensor

from neurodeploy.audits.attacks.ball import Ball
from neurodeploy.audits.attacks.crafted import Crafted
from neurodeploy.audits.attacks.gradient import slope
from neurodeploy.audits.attacks.objective import Logits, Objective

RANDOM_SHARE = 0.5
"""Share of the radius that RFGSM first goes in a random direction; as Özdenizci and Legenstein."""


def fgsm(logits: Logits, x: Tensor, objective: Objective, ball: Ball, *, looks: int = 1) -> Crafted:
    """Return ``x + radius sign(gradient)``, in the box (Goodfellow et al. 2015)."""
    found = slope(logits, x, objective, _all(x), looks)
    moved = x + ball.radius * found.gradient.sign()
    return Crafted(x=ball.projected(moved, x), is_dead=found.is_dead)


def rfgsm(
    logits: Logits,
    x: Tensor,
    objective: Objective,
    ball: Ball,
    generator: torch.Generator,
    *,
    looks: int = 1,
    share: float = RANDOM_SHARE,
) -> Crafted:
    """Return one gradient's step from a random corner (Tramèr et al. 2018, R+FGSM).

    ``x' = x + share radius sign(normal)``, in the box; then ``x' + (1 - share) radius
    sign(gradient at x')``.
    """
    noise = torch.randn(x.shape, generator=generator, dtype=x.dtype).to(x.device)
    start = ball.projected(x + share * ball.radius * noise.sign(), x)
    found = slope(logits, start, objective, _all(x), looks)
    moved = start + (1.0 - share) * ball.radius * found.gradient.sign()
    return Crafted(x=ball.projected(moved, x), is_dead=found.is_dead)


def _all(x: Tensor) -> Tensor:
    return torch.arange(len(x), device=x.device)
