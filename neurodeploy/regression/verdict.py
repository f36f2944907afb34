"""`Verdict`: what a gate found, line by line."""

from dataclasses import dataclass
from enum import StrEnum


class Status(StrEnum):
    """What became of one line; ``note`` is said and never fails."""

    PASSED = "passed"
    FAILED = "failed"
    UNKNOWN = "unknown"
    NOTE = "note"


class Origin(StrEnum):
    """Against what a figure was held."""

    BUDGET = "budget"
    BASELINE = "baseline"
    CHIP = "chip"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One figure and what it was held against.

    Parameters
    ----------
    path : the figure: ``energy_total_j``, ``layers.fc1.synops_hw``, ``resources.cores``.
    figure, before : the figure now and in the baseline, in `unit`; None is unknown or absent.
    allowed : the limit or the rule, in words.
    binding : the layer or core that decides the figure.
    cause : the layer or component that explains most of its change since the baseline.
    remark : estimate, basis, or why a figure is unknown.
    """

    origin: Origin
    status: Status
    path: str
    unit: str
    allowed: str
    figure: float | None = None
    before: float | None = None
    binding: str = ""
    cause: str = ""
    remark: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Every line of a gate; it failed if one line did, or under `strict` if one is unknown.

    Parameters
    ----------
    notes : what a reader must know before the lines.
    start : where the change since the baseline starts, or nothing.
    """

    findings: tuple[Finding, ...]
    notes: tuple[str, ...] = ()
    start: str = ""
    strict: bool = False

    @property
    def failures(self) -> tuple[Finding, ...]:
        """The lines that fail the gate."""
        return tuple(finding for finding in self.findings if self.fails(finding))

    @property
    def passed(self) -> bool:
        """Whether the gate is open."""
        return not self.failures

    def fails(self, finding: Finding) -> bool:
        """Return whether this line fails the gate."""
        unknown = finding.status is Status.UNKNOWN
        return finding.status is Status.FAILED or (self.strict and unknown)

    def of(self, origin: Origin) -> tuple[Finding, ...]:
        """Return the lines of the budget, or of the baseline."""
        return tuple(finding for finding in self.findings if finding.origin is origin)
