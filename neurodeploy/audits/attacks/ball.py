"""How far a sample may be moved: an L-infinity ball within the declared range of the input."""

from dataclasses import dataclass

import torch
from torch import Tensor

from neurodeploy.errors import InputError
from neurodeploy.model import Model


@dataclass(frozen=True, slots=True, kw_only=True)
class Ball:
    """No value moves by more than `eps`, and none leaves the box from `low` to `high`.

    Parameters
    ----------
    eps : share of the width of the input's range, so that 0.04 is 10.2 grey levels of 0 to 255.
    low, high : the range that the model declares for its input.
    whole : whether values move by whole numbers only, as a sensor that counts gives them.
    """

    eps: float
    low: float
    high: float
    whole: bool = False

    def __post_init__(self) -> None:
        problems = []
        if not self.eps >= 0:
            problems.append(f"eps is {self.eps:g}, expected at least 0")
        if not self.high > self.low:
            problems.append(
                f"the input is declared for {self.low:g} to {self.high:g}, which has no width"
            )
        if problems:
            raise InputError("ND2851", *problems)

    @property
    def radius(self) -> float:
        """`eps` in the input's own units."""
        return self.eps * (self.high - self.low)

    def projected(self, moved: Tensor, x: Tensor) -> Tensor:
        """Return `moved` brought back to the nearest place in the box and around `x`."""
        low = (x - self.radius).clamp(min=self.low)
        high = (x + self.radius).clamp(max=self.high)
        nearest = torch.minimum(torch.maximum(moved, low), high)
        return x + torch.trunc(nearest - x) if self.whole else nearest


def ball_of(model: Model, eps: float, *, whole: bool = False) -> Ball:
    """Return the ball of `eps` in the range that `model` declares for its one input."""
    node = model.inputs[0]
    return Ball(eps=eps, low=node.low, high=node.high, whole=whole)
