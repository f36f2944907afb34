"""Auto-PGD: projected gradient descent that chooses its steps' size itself.

Source: Croce and Hein 2020 (AutoAttack), section 3, algorithm 1; constants are theirs.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from neurodeploy.audits.attacks.ball import Ball
from neurodeploy.audits.attacks.crafted import Crafted
from neurodeploy.audits.attacks.gradient import slope
from neurodeploy.audits.attacks.objective import Logits, Objective

MOMENTUM = 0.25
"""Share of the last move that is made again."""

RISING = 0.75
"""Share of the steps between two checkpoints that must raise the objective."""

FIRST_CHECKPOINT, LEAST_GAP, SHRINK = 0.22, 0.06, 0.03
"""Places of checkpoints as shares of all steps: the first; gaps shrink, down to the least."""


def apgd(
    logits: Logits,
    x: Tensor,
    objective: Objective,
    ball: Ball,
    generator: torch.Generator,
    *,
    n_steps: int,
    looks: int = 1,
    is_done: Callable[[Tensor, Tensor], Tensor] | None = None,
) -> Crafted:
    """Return, for each sample, the place with the highest objective, or the first that is done."""
    drawn = torch.rand(x.shape, generator=generator, dtype=x.dtype).to(x.device)
    start = ball.projected(x + ball.radius * (2.0 * drawn - 1.0), x)
    state = _State.at(start, x, 2.0 * ball.radius)
    result, is_dead = start.clone(), torch.ones(len(x), dtype=torch.bool, device=x.device)
    marks = checkpoints(n_steps)
    last_mark = 0
    for k in range(n_steps + 1):
        found = slope(logits, state.here, objective, state.at_place, looks)
        state.look(found.value, found.gradient)
        is_dead[state.at_place] &= found.is_dead
        result[state.at_place] = state.best
        if is_done is not None:
            done = is_done(found.logits, state.at_place)
            result[state.at_place[done]] = state.here[done]
            state = state.only(~done)
        if k == n_steps or not len(state.here):
            break
        if k in marks:
            state.shorten(k - last_mark)
            last_mark = k
        state.move(ball, first=k == 0)
    return Crafted(x=result, is_dead=is_dead)


def checkpoints(n_steps: int) -> frozenset[int]:
    """Return the steps at which the step size may be halved."""
    places, gap = [FIRST_CHECKPOINT], FIRST_CHECKPOINT
    while places[-1] < 1.0:
        gap = max(gap - SHRINK, LEAST_GAP)
        places.append(places[-1] + gap)
    # Rounded first, since sums of such shares miss whole numbers by a hair.
    return frozenset(math.ceil(round(place * n_steps, 6)) for place in places if place < 1.0)


@dataclass(slots=True)
class _State:
    """The samples that are still attacked; every field has one entry a sample.

    Parameters
    ----------
    clean, here, before, best : (sample, ...) the sample, where the attack is and was, and the best
        place so far; `best_gradient` is the gradient there.
    size : (sample,) of a step.
    n_rises : steps since the last checkpoint that raised the objective.
    best_at_mark, halved : the best value at the last checkpoint; whether it halved the size.
    at_place : (sample,) places in the batch.
    """

    clean: Tensor
    here: Tensor
    before: Tensor
    best: Tensor
    gradient: Tensor
    best_gradient: Tensor
    value: Tensor
    best_value: Tensor
    size: Tensor
    n_rises: Tensor
    best_at_mark: Tensor
    halved: Tensor
    at_place: Tensor

    @classmethod
    def at(cls, start: Tensor, clean: Tensor, size: float) -> "_State":
        """Return the state before the first look."""
        nothing = torch.full((len(clean),), -torch.inf, dtype=torch.float64, device=clean.device)
        return cls(
            clean=clean,
            here=start,
            before=start,
            best=start.clone(),
            gradient=torch.zeros_like(start),
            best_gradient=torch.zeros_like(start),
            value=nothing.clone(),
            best_value=nothing.clone(),
            size=torch.full((len(clean),), size, dtype=clean.dtype, device=clean.device),
            n_rises=torch.zeros(len(clean), dtype=torch.long, device=clean.device),
            best_at_mark=nothing.clone(),
            halved=torch.zeros(len(clean), dtype=torch.bool, device=clean.device),
            at_place=torch.arange(len(clean), device=clean.device),
        )

    def look(self, value: Tensor, gradient: Tensor) -> None:
        """Take in what is seen `here`."""
        self.n_rises = self.n_rises + (value > self.value)
        better = value > self.best_value
        self.best = torch.where(_wide(better, self.best), self.here, self.best)
        self.best_gradient = torch.where(_wide(better, self.best), gradient, self.best_gradient)
        self.best_value = torch.maximum(value, self.best_value)
        self.value, self.gradient = value, gradient

    def shorten(self, n_steps: int) -> None:
        """Halve the size where steps no longer help, and go back to the best place."""
        few = self.n_rises < RISING * n_steps
        stuck = ~self.halved & (self.best_value <= self.best_at_mark)
        self.halved = few | stuck
        self.size = torch.where(self.halved, self.size / 2, self.size)
        back = _wide(self.halved, self.here)
        self.here = torch.where(back, self.best, self.here)
        self.before = torch.where(back, self.best, self.before)
        self.gradient = torch.where(back, self.best_gradient, self.gradient)
        self.value = torch.where(self.halved, self.best_value, self.value)
        self.n_rises = torch.zeros_like(self.n_rises)
        self.best_at_mark = self.best_value

    def move(self, ball: Ball, *, first: bool) -> None:
        """Take one step, with momentum but for the first."""
        step = _wide(self.size, self.here) * self.gradient.sign()
        ahead = ball.projected(self.here + step, self.clean)
        if not first:
            blend = (1.0 - MOMENTUM) * (ahead - self.here) + MOMENTUM * (self.here - self.before)
            ahead = ball.projected(self.here + blend, self.clean)
        self.before, self.here = self.here, ahead

    def only(self, kept: Tensor) -> "_State":
        """Return the state of some of the samples."""
        return _State(*(getattr(self, name)[kept] for name in self.__slots__))


def _wide(values: Tensor, like: Tensor) -> Tensor:
    """Return (sample,) shaped so that it spreads over `like`."""
    return values.reshape(-1, *[1] * (like.dim() - 1))
