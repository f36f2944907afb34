"""What an attack makes as large as it can: one value a sample, from its logits."""

from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn import functional

Logits = Callable[[Tensor], Tensor]
"""The logits (sample, class) of samples; differentiable."""

Objective = Callable[[Tensor, Tensor], Tensor]
"""What grows as an attack succeeds, (sample,), from logits (sample, class) and the samples' places.

The places (sample,) are those in the batch that the objective was made for, since an attack drops
samples that it is done with.
"""

FLAT = 1e-12
"""Added to the width of the logits, which DLR divides by."""


def cross_entropy(labels: Tensor) -> Objective:
    """Return the cross entropy of the true labels (sample,)."""
    return lambda logits, at: _entropy(logits, labels[at])


def targeted(targets: Tensor) -> Objective:
    """Return the cross entropy of the wanted labels (sample,), its sign turned."""
    return lambda logits, at: -_entropy(logits, targets[at])


def divergence(clean: Tensor) -> Objective:
    """Return KL(softmax of `clean`, softmax of the logits).

    It is flat at the clean sample: an attack on it must start elsewhere.

    Parameters
    ----------
    clean : logits of the clean samples (sample, class), without gradient.
    """
    probability = functional.softmax(clean.detach(), dim=1)

    def value(logits: Tensor, at: Tensor) -> Tensor:
        log = functional.log_softmax(logits, dim=1)
        return functional.kl_div(log, probability[at], reduction="none").sum(dim=1)

    return value


def logit_ratio(labels: Tensor) -> Objective:
    """Return the difference of logits ratio, ``-(z_y - max z_other) / (z_1st - z_3rd)``.

    Source: Croce and Hein 2020 (AutoAttack), section 4.1. Networks of two classes have no third:
    there the width is that of all logits.
    """

    def value(logits: Tensor, at: Tensor) -> Tensor:
        ordered, order = logits.sort(dim=1, descending=True)
        own = logits.gather(1, labels[at, None]).squeeze(1)
        is_right = order[:, 0] == labels[at]
        other = torch.where(is_right, ordered[:, 1], ordered[:, 0])
        width = ordered[:, 0] - ordered[:, min(2, logits.shape[1] - 1)]
        return -(own - other) / (width + FLAT)

    return value


def targeted_logit_ratio(labels: Tensor, targets: Tensor) -> Objective:
    """Return ``-(z_y - z_target) / (z_1st - (z_3rd + z_4th) / 2)``.

    Source: Croce and Hein 2020, section 4.2. It needs at least four classes.
    """

    def value(logits: Tensor, at: Tensor) -> Tensor:
        ordered = logits.sort(dim=1, descending=True).values
        own = logits.gather(1, labels[at, None]).squeeze(1)
        wanted = logits.gather(1, targets[at, None]).squeeze(1)
        width = ordered[:, 0] - (ordered[:, 2] + ordered[:, 3]) / 2
        return -(own - wanted) / (width + FLAT)

    return value


def wrong(labels: Tensor) -> Callable[[Tensor, Tensor], Tensor]:
    """Return the test of an untargeted attack: whether the class (sample,) is not the label."""
    return lambda logits, at: logits.argmax(dim=1) != labels[at]


def _entropy(logits: Tensor, labels: Tensor) -> Tensor:
    """Return the cross entropy (sample,) as softplus(log sum exp z_other - z_own).

    So its gradient keeps the part of the own logit where the softmax is 1 but for rounding.
    """
    own = labels[:, None]
    others = torch.logsumexp(logits.scatter(1, own, -torch.inf), dim=1)
    return functional.softplus(others - logits.gather(1, own).squeeze(1))
