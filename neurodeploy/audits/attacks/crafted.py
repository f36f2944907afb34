"""What an attack made of a batch."""

from dataclasses import dataclass

from torch import Tensor


@dataclass(frozen=True, slots=True, kw_only=True)
class Crafted:
    """Samples as an attack left them.

    Parameters
    ----------
    x : (sample, ...)
    is_dead : (sample,) whether the gradient was 0 throughout at every look: the attack did not
        fail, it never began.
    """

    x: Tensor
    is_dead: Tensor
