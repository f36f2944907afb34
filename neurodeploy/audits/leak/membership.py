"""Whether a network's answers tell what it was trained on (membership inference)."""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from neurodeploy.audits.leak.score import Score

BATCH = 250


@dataclass(frozen=True, slots=True, kw_only=True)
class Membership:
    """How well the loss on a sample tells members from others (Yeom et al. 2018).

    Parameters
    ----------
    auc : chance that a member's loss is below another's; 0.5 is guessing.
    n_members, n_others : samples compared.
    """

    auc: float
    n_members: int
    n_others: int


def membership(
    score: Score, members: tuple[Tensor, Tensor], others: tuple[Tensor, Tensor]
) -> Membership:
    """Return how well members are told from others.

    Parameters
    ----------
    members, others : images (sample, *shape), 0 to 1, and their labels (sample,).
    """
    low, high = _losses(score, *members), _losses(score, *others)
    return Membership(auc=_auc(low, high), n_members=len(low), n_others=len(high))


def _losses(score: Score, images: Tensor, labels: Tensor) -> NDArray[np.float64]:
    parts = []
    with torch.no_grad():
        for x, y in zip(torch.split(images, BATCH), torch.split(labels, BATCH), strict=True):
            parts.append(functional.cross_entropy(score(x), y, reduction="none"))
    return torch.cat(parts).double().numpy()


def _auc(members: NDArray[np.float64], others: NDArray[np.float64]) -> float:
    """Return the share of pairs in which the member's loss is lower; ties count half."""
    ordered = np.sort(others)
    below = np.searchsorted(ordered, members, side="left")
    equal = np.searchsorted(ordered, members, side="right") - below
    above = len(others) - below - equal
    return float((above + 0.5 * equal).mean() / len(others))
