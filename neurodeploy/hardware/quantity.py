"""`Quantity`: a figure with its interval, unit, evidence, scope and source."""

from dataclasses import dataclass
from enum import StrEnum


class Evidence(StrEnum):
    """How a figure is known, strongest first; `grade` takes the weakest of several."""

    EXACT = "exact"
    MEASURED = "measured"
    FITTED = "fitted"
    SIMULATED = "simulated"
    DERIVED = "derived"
    VENDOR = "vendor"
    ASSUMED = "assumed"
    UNKNOWN = "unknown"


class Scope(StrEnum):
    """What a cost includes; nothing may be added to an all-in figure."""

    PER_TERM = "per_term"
    GLOBAL = "global"
    ALL_IN = "all_in"


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity:
    """A figure in SI units (or bare counts); `value` None is unknown, which is never 0."""

    value: float | None
    low: float | None
    high: float | None
    unit: str
    evidence: Evidence
    source: str
    scope: Scope = Scope.PER_TERM

    @property
    def known(self) -> bool:
        """Whether there is a figure at all."""
        return self.value is not None


def grade(evidence: tuple[Evidence, ...]) -> Evidence:
    """Return the weakest of `evidence`; of nothing, exact."""
    order = list(Evidence)
    return max(evidence, key=order.index, default=Evidence.EXACT)
