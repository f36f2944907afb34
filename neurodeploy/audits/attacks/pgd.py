"""Projected gradient descent (Madry et al. 2018)."""

from collections.abc import Callable
from enum import StrEnum

import torch
from torch import Tensor

from neurodeploy.audits.attacks.ball import Ball
from neurodeploy.audits.attacks.crafted import Crafted
from neurodeploy.audits.attacks.gradient import slope
from neurodeploy.audits.attacks.objective import Logits, Objective

OVERSHOOT = 2.5
"""Length of all steps together in radii, where no step size is given (Madry et al. 2018)."""

NEAR = 0.001
"""Standard deviation of a normal start, in widths of the input's range (Zhang et al. 2019)."""


class Start(StrEnum):
    """Where the first step starts: anywhere in the ball, a hair beside the sample, or at it."""

    UNIFORM = "uniform"
    NORMAL = "normal"
    CLEAN = "clean"


def pgd(
    logits: Logits,
    x: Tensor,
    objective: Objective,
    ball: Ball,
    generator: torch.Generator,
    *,
    n_steps: int,
    step: float | None = None,
    start: Start = Start.UNIFORM,
    looks: int = 1,
    is_done: Callable[[Tensor, Tensor], Tensor] | None = None,
) -> Crafted:
    """Return the samples after `n_steps` steps along the gradient's sign, projected each time.

    Parameters
    ----------
    step : size of a step in widths of the input's range; None is 2.5 eps / n_steps.
    is_done : whether an answer is what the attack wants, (sample,), from logits and the samples'
        places; such samples stay where they are and cost nothing more. None goes all the way, as
        training wants it.
    """
    size = step * (ball.high - ball.low) if step is not None else OVERSHOOT * ball.radius / n_steps
    moved = ball.projected(_started(x, ball, start, generator), x)
    is_dead = torch.ones(len(x), dtype=torch.bool, device=x.device)
    at = torch.arange(len(x), device=x.device)
    for _ in range(n_steps):
        if not len(at):
            break
        found = slope(logits, moved[at], objective, at, looks)
        is_dead[at] &= found.is_dead
        go = torch.ones_like(is_dead[at]) if is_done is None else ~is_done(found.logits, at)
        at = at[go]
        moved[at] = ball.projected(moved[at] + size * found.gradient[go].sign(), x[at])
    return Crafted(x=moved, is_dead=is_dead)


def _started(x: Tensor, ball: Ball, start: Start, generator: torch.Generator) -> Tensor:
    match start:
        case Start.CLEAN:
            return x.clone()
        case Start.UNIFORM:
            drawn = torch.rand(x.shape, generator=generator, dtype=x.dtype).to(x.device)
            return x + ball.radius * (2.0 * drawn - 1.0)
        case Start.NORMAL:
            drawn = torch.randn(x.shape, generator=generator, dtype=x.dtype).to(x.device)
            return x + NEAR * (ball.high - ball.low) * drawn
