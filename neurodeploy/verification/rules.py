"""How a layer computes: what a Program means by default, and what another machine may choose."""

from dataclasses import dataclass
from enum import StrEnum


class Rounding(StrEnum):
    """What happens to the fraction that a decay leaves."""

    TOWARD_ZERO = "toward zero"
    DOWN = "down"
    NEAREST = "to the nearest"
    NONE = "not at all"


class Overflow(StrEnum):
    """What happens to a value that leaves its range."""

    WRAP_ONCE = "wraps once"
    WRAP = "wraps"
    SATURATE = "saturates"
    NONE = "is kept"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """The choices in one step of a neuron.

    Parameters
    ----------
    inclusive : a neuron fires at ``v >= threshold``, not only above.
    clears_current : a spike sets u to 0 as well.
    """

    inclusive: bool = False
    clears_current: bool = False
    rounding: Rounding = Rounding.TOWARD_ZERO
    current: Overflow = Overflow.WRAP_ONCE
    voltage: Overflow = Overflow.SATURATE


MEANING = Rules()
"""What a Program means."""
