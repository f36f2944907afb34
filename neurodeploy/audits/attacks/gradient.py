"""The direction of an objective's gradient at a sample, and the samples that have none."""

from dataclasses import dataclass

import torch
from torch import Tensor

from neurodeploy.audits.attacks.objective import Logits, Objective

TINY = 1e-300
"""Below every gradient that float64 can tell from 0; keeps a division from being by 0."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Slope:
    """What one look at the network gave.

    Parameters
    ----------
    gradient : (sample, ...) of the objective, each sample's times a positive factor of its own.
    value : (sample,) the objective.
    logits : (sample, class)
    """

    gradient: Tensor
    value: Tensor
    logits: Tensor

    @property
    def is_dead(self) -> Tensor:
        """Whether every value of a sample's gradient is 0, (sample,)."""
        return (self.gradient.flatten(1) == 0).all(dim=1)


def slope(logits: Logits, x: Tensor, objective: Objective, at: Tensor, looks: int = 1) -> Slope:
    """Return the gradient at `x`, mean over `looks` at a network that answers at random.

    The objective is computed in float64 and its gradient with respect to the logits scaled to 1
    before it goes through the network: else a softmax that is almost sure of its class, of large
    logits, passes back a 0 that float32 made.

    Parameters
    ----------
    at : (sample,) places of the samples of `x` in the batch that the objective was made for.
    looks : encodings over which the expectation is taken (Athalye et al. 2018); 1 where the
        network always answers the same.
    """
    found = [_look(logits, x, objective, at) for _ in range(looks)]
    sizes = torch.stack([one.size for one in found])
    weights = (sizes / sizes.amax(dim=0).clamp(min=TINY)).to(x.dtype)
    shape = (looks, len(x), *[1] * (x.dim() - 1))
    gradients = torch.stack([one.gradient for one in found])
    return Slope(
        gradient=(weights.reshape(shape) * gradients).mean(dim=0),
        value=torch.stack([one.value for one in found]).mean(dim=0),
        logits=torch.stack([one.logits for one in found]).mean(dim=0),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Look:
    """One answer; the true gradient is `size` (sample,) times `gradient`."""

    gradient: Tensor
    size: Tensor
    value: Tensor
    logits: Tensor


def _look(logits: Logits, x: Tensor, objective: Objective, at: Tensor) -> _Look:
    with torch.enable_grad():
        place = x.detach().clone().requires_grad_(True)
        answer = logits(place)
        end = answer.detach().double().requires_grad_(True)
        value = objective(end, at)
        # Samples do not mix, so the gradient of the sum is each sample's own.
        (back,) = torch.autograd.grad(value.sum(), end)
        size = back.abs().amax(dim=1)
        unit = (back / size.clamp(min=TINY)[:, None]).to(answer.dtype)
        (gradient,) = torch.autograd.grad(answer, place, unit)
    return _Look(gradient=gradient, size=size, value=value.detach(), logits=answer.detach())
