"""`Adversary`: how samples are perturbed while a network trains."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

import torch
from torch import Tensor

from neurodeploy.audits.attacks import Start, ball_of, cross_entropy, divergence, pgd, rfgsm
from neurodeploy.audits.attacks.objective import Objective
from neurodeploy.errors import InputError
from neurodeploy.learning.quantised import QuantisedTwin
from neurodeploy.learning.twin.twin import Twin
from neurodeploy.methods.robust.logits import per_step


class Steps(StrEnum):
    """How the gradient is followed: one step from a random corner, or several, projected."""

    RFGSM = "rfgsm"
    PGD = "pgd"


class Aim(StrEnum):
    """What is made large: the cross entropy of the labels, or the distance to the clean answer."""

    LABELS = "labels"
    ANSWER = "answer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Adversary:
    """Moves samples by at most `eps` of the width of the input's declared range.

    A sample that is shown in every step is moved once, as the image that it is; a series of
    different steps is moved in each.

    Parameters
    ----------
    n_steps : of PGD.
    """

    eps: float
    steps: Steps = Steps.RFGSM
    aim: Aim = Aim.ANSWER
    n_steps: int = 10

    def __post_init__(self) -> None:
        problems = []
        if not 0 < self.eps <= 1:
            problems.append(f"eps is {self.eps:g}, expected above 0 and at most 1")
        if self.n_steps < 1:
            problems.append(f"attack steps are {self.n_steps}, expected at least 1")
        if problems:
            raise InputError("ND2801", *problems)

    def __call__(
        self, twin: Twin | QuantisedTwin, x: Tensor, labels: Tensor, generator: torch.Generator
    ) -> Tensor:
        """Return `x` (sample, step, *shape) moved; the twin looks as it does when deployed."""
        was_training = twin.training
        twin.eval()
        sample = _still(x)

        def logits(moved: Tensor) -> Tensor:
            return per_step(twin, moved.expand(x.shape))

        moved = self._moved(
            logits, sample, self._objective(logits, sample, labels), twin, generator
        )
        twin.train(was_training)
        return moved.detach().expand(x.shape)

    def _objective(
        self, logits: Callable[[Tensor], Tensor], sample: Tensor, labels: Tensor
    ) -> Objective:
        if self.aim is Aim.LABELS:
            return cross_entropy(labels)
        with torch.no_grad():
            return divergence(logits(sample))

    def _moved(
        self,
        logits: Callable[[Tensor], Tensor],
        sample: Tensor,
        objective: Objective,
        twin: Twin | QuantisedTwin,
        generator: torch.Generator,
    ) -> Tensor:
        ball = ball_of(twin.template, self.eps)
        if self.steps is Steps.RFGSM:
            return rfgsm(logits, sample, objective, ball, generator).x
        # The distance to the clean answer has no slope at the clean sample.
        start = Start.UNIFORM if self.aim is Aim.LABELS else Start.NORMAL
        return pgd(logits, sample, objective, ball, generator, n_steps=self.n_steps, start=start).x

    @property
    def line(self) -> str:
        """What the network's history says of it."""
        steps = "RFGSM" if self.steps is Steps.RFGSM else f"PGD-{self.n_steps}"
        return f"{steps} on the {self.aim.value}, eps {self.eps:g} of the input's range"


def _still(x: Tensor) -> Tensor:
    """Return what can be moved: one step where all are the same, (sample, 1 or step, *shape)."""
    return x[:, :1] if x.shape[1] == 1 or x.stride(1) == 0 else x
