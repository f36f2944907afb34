"""`Alternative`: one way in which another machine may compute a layer differently."""

from dataclasses import dataclass
from enum import StrEnum

from neurodeploy.verification.layer import Layer


class Rule(StrEnum):
    """What two machines can disagree about."""

    RESET = "reset"
    COMPARE = "compare"
    DELAY = "delay"
    KERNEL = "kernel"
    SATURATION = "saturation"
    ROUNDING = "rounding"
    DECAY = "decay"
    WRAP = "wrap"
    GAIN = "gain"
    START = "start"


@dataclass(frozen=True, slots=True, kw_only=True)
class Alternative:
    """A layer with one thing changed; `says` is a clause that says what."""

    rule: Rule
    says: str
    layer: Layer
