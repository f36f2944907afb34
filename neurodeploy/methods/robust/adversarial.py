"""`Adversarial`: the objective of training against perturbed samples, and its three recipes."""

from dataclasses import dataclass
from enum import StrEnum

import torch
from torch import Tensor
from torch.nn import functional

from neurodeploy.errors import InputError
from neurodeploy.learning.quantised import QuantisedTwin
from neurodeploy.learning.twin.twin import Twin
from neurodeploy.methods.robust.adversary import Adversary, Aim, Steps
from neurodeploy.methods.robust.logits import per_step
from neurodeploy.methods.robust.losses import mart, trades


class RobustLoss(StrEnum):
    """What is made small.

    ``ce``: the cross entropy of the moved samples. ``ce+kl``: that of the clean samples and the
    distance between both answers. ``mart``: misclassification aware.
    """

    CE = "ce"
    CE_KL = "ce+kl"
    MART = "mart"


@dataclass(frozen=True, slots=True, kw_only=True)
class Adversarial:
    """Samples are moved in evaluation mode, the loss is taken in training mode.

    BatchNorm so sees clean and moved samples as batches of their own, as in the published code.

    Parameters
    ----------
    adversary : None trains on the clean samples, whatever `loss` says.
    beta : weight of the distance between both answers.
    """

    adversary: Adversary | None
    loss: RobustLoss = RobustLoss.CE_KL
    beta: float = 2.0

    def __post_init__(self) -> None:
        if not self.beta >= 0:
            raise InputError("ND2801", f"beta is {self.beta:g}, expected at least 0")

    def __call__(
        self, twin: Twin | QuantisedTwin, x: Tensor, labels: Tensor, generator: torch.Generator
    ) -> tuple[Tensor, Tensor]:
        """Return the loss, and the clean logits where it needs them, else those moved."""
        if self.adversary is None:
            clean = per_step(twin, x)
            return functional.cross_entropy(clean, labels), clean
        moved = per_step(twin, self.adversary(twin, x, labels, generator))
        if self.loss is RobustLoss.CE:
            return functional.cross_entropy(moved, labels), moved
        clean = per_step(twin, x)
        formula = trades if self.loss is RobustLoss.CE_KL else mart
        return formula(clean, moved, labels, self.beta), clean

    def shown(
        self, twin: Twin | QuantisedTwin, x: Tensor, labels: Tensor, generator: torch.Generator
    ) -> Tensor:
        """Return the samples moved: the epoch kept is the best one under the attack."""
        return x if self.adversary is None else self.adversary(twin, x, labels, generator)

    @property
    def line(self) -> str:
        """What the network's history says of it."""
        if self.adversary is None:
            return "loss of clean samples"
        beta = "" if self.loss is RobustLoss.CE else f", beta {self.beta:g}"
        return f"loss {self.loss.value}{beta}; {self.adversary.line}"


def pgd_training(eps: float, n_steps: int = 10) -> Adversarial:
    """Return adversarial training with PGD (Madry et al. 2018): the loss of moved samples."""
    adversary = Adversary(eps=eps, steps=Steps.PGD, aim=Aim.LABELS, n_steps=n_steps)
    return Adversarial(adversary=adversary, loss=RobustLoss.CE)


def trades_training(eps: float, n_steps: int = 10, beta: float = 6.0) -> Adversarial:
    """Return TRADES (Zhang et al. 2019)."""
    adversary = Adversary(eps=eps, steps=Steps.PGD, aim=Aim.ANSWER, n_steps=n_steps)
    return Adversarial(adversary=adversary, loss=RobustLoss.CE_KL, beta=beta)


def mart_training(eps: float, n_steps: int = 10, beta: float = 4.0) -> Adversarial:
    """Return MART (Wang et al. 2020)."""
    adversary = Adversary(eps=eps, steps=Steps.PGD, aim=Aim.LABELS, n_steps=n_steps)
    return Adversarial(adversary=adversary, loss=RobustLoss.MART, beta=beta)
