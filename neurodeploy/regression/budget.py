"""`Budget`: limits in the metric registry's names."""

from dataclasses import dataclass
from enum import StrEnum


class Estimate(StrEnum):
    """Which end of a modelled figure's interval is held against its limit.

    ``high`` is the cautious one: the high end of a cost, and the low end of what should be large.
    """

    LOW = "low"
    NOMINAL = "nominal"
    HIGH = "high"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """The worst figure allowed: the largest, or the least where higher is better.

    Parameters
    ----------
    name : a registered metric, or the name of one of the chip's limits per core.
    layer : the layer it holds for; None is the network.
    value : in the metric's unit; for a chip's limit, in pieces or as a share of what there is.
    per_core : whether `name` is one of the chip's limits per core.
    share : whether `value` is such a share.
    """

    name: str
    value: float
    layer: str | None = None
    per_core: bool = False
    share: bool = False

    @property
    def path(self) -> str:
        """The figure it is about, as findings and ``--fail-on`` name it."""
        return self.name if self.layer is None else f"layers.{self.layer}.{self.name}"


CONNECTIVITY = "connectivity"
"""Share of the removable weights that is left; the one name of `Share` that is no metric."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """The largest share of what the network had before that compression may leave of a figure.

    Parameters
    ----------
    name : `CONNECTIVITY`, or a registered metric of which less is better.
    value : 0 to 1.
    """

    name: str
    value: float

    @property
    def path(self) -> str:
        """What it is about, as findings name it."""
        return f"compression.{self.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """Limits for one chip, or for any where `chip` is None.

    Parameters
    ----------
    shares : limits in relation to the network before compression.
    strict : whether a limit without a figure fails.
    """

    limits: tuple[Limit, ...]
    shares: tuple[Share, ...] = ()
    chip: str | None = None
    estimate: Estimate = Estimate.HIGH
    strict: bool = False
