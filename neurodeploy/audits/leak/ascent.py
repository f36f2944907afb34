"""Ascend to images that a network takes for a class."""

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from neurodeploy.audits.leak.prior import Prior
from neurodeploy.audits.leak.score import Score


@dataclass(frozen=True, slots=True, kw_only=True)
class Ascent:
    """How to ascend, with Adam.

    Parameters
    ----------
    learning_rate : in units of the codes, of which an image's range is 1.
    """

    iterations: int = 200
    learning_rate: float = 0.05


def ascend(
    score: Score, prior: Prior, targets: Tensor, options: Ascent, generator: torch.Generator
) -> Tensor:
    """Return codes of `prior` whose images score high for `targets`.

    Scores are divided by their spread over random images first, so that one weight of a prior
    fits every network.
    """
    codes = prior.start(generator).requires_grad_(True)
    with torch.no_grad():
        random = torch.rand(prior.images(codes).shape, generator=generator)
        scale = score(random).std().clamp(min=1e-12)
    optimiser = torch.optim.Adam([codes], lr=options.learning_rate)
    for _ in range(options.iterations):
        loss = functional.cross_entropy(score(prior.images(codes)) / scale, targets)
        loss = loss + prior.penalty(codes)
        optimiser.zero_grad()
        (codes.grad,) = torch.autograd.grad(loss, [codes])
        optimiser.step()
    return codes.detach()


def shown(prior: Prior, codes: Tensor) -> Tensor:
    """Return the images of `codes`, (sample, *shape), 0 to 1."""
    with torch.no_grad():
        return prior.images(codes).clamp(0.0, 1.0)
