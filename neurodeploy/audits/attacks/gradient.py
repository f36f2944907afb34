"""The gradient of an objective at a sample, and the samples that have none."""

from dataclasses import dataclass

import torch
from torch import Tensor

from neurodeploy.audits.attacks.objective import Logits, Objective


@dataclass(frozen=True, slots=True, kw_only=True)
class Slope:
    """What one look at the network gave.

    Parameters
    ----------
    gradient : (sample, ...) of the objective.
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

    Parameters
    ----------
    at : (sample,) places of the samples of `x` in the batch that the objective was made for.
    looks : encodings over which the expectation is taken (Athalye et al. 2018); 1 where the
        network always answers the same.
    """
    gradients, values, answers = [], [], []
    with torch.enable_grad():
        for _ in range(looks):
            place = x.detach().clone().requires_grad_(True)
            answer = logits(place)
            value = objective(answer, at)
            # Samples do not mix, so the gradient of the sum is each sample's own.
            gradients.append(torch.autograd.grad(value.sum(), place)[0])
            values.append(value.detach())
            answers.append(answer.detach())
    return Slope(
        gradient=torch.stack(gradients).mean(dim=0),
        value=torch.stack(values).mean(dim=0),
        logits=torch.stack(answers).mean(dim=0),
    )
