"""Losses of samples and of the same samples moved; logits are (sample, class)."""

import torch
from torch import Tensor
from torch.nn import functional

from neurodeploy.learning.losses import distillation

TINY = 1e-4
"""Kept between a probability and 1, whose distance's logarithm is taken."""


def trades(clean: Tensor, moved: Tensor, labels: Tensor, beta: float) -> Tensor:
    """Return ``CE(clean, y) + beta KL(p(clean), p(moved))`` (Zhang et al. 2019, equation 5)."""
    apart = distillation(moved, clean, 1.0)
    return functional.cross_entropy(clean, labels) + beta * apart


def mart(clean: Tensor, moved: Tensor, labels: Tensor, beta: float) -> Tensor:
    """Return the loss of misclassification aware training (Wang et al. 2020, equation 11).

    ``BCE(moved, y) + beta mean(KL(p(clean), p(moved)) (1 - p_y(clean)))``, where BCE is the cross
    entropy less ``log(1 - the largest other probability)``.
    """
    p_clean = functional.softmax(clean, dim=1)
    apart = functional.kl_div(functional.log_softmax(moved, dim=1), p_clean, reduction="none")
    doubt = 1.0 - p_clean.gather(1, labels[:, None]).squeeze(1)
    return boosted(moved, labels) + beta * (apart.sum(dim=1) * doubt).mean()


def boosted(moved: Tensor, labels: Tensor) -> Tensor:
    """Return the cross entropy less ``log(1 - the largest other probability)``, ()."""
    others = functional.softmax(moved, dim=1).scatter(1, labels[:, None], 0.0)
    margin = torch.log(1.0 + TINY - others.amax(dim=1))
    return functional.cross_entropy(moved, labels) - margin.mean()
