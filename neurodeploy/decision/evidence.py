"""`Evidence`: what commands found about one deployment, by the names of their files."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from neurodeploy.decision.documents import (
    AttackDocument,
    ConvertDocument,
    ExitDocument,
    LeakDocument,
    VerifyDocument,
)
from neurodeploy.regression import Verdict
from neurodeploy.report.report import Report


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Evidence:
    """A report, and whatever else is known; names are relative to the folder read.

    Parameters
    ----------
    verdicts : of budgets and baselines.
    others : files that were left out, for they are of another deployment, and why.
    reasons : why a stage was not done, by the name of its folder.
    network : the file that was deployed, where a pilot says so.
    """

    report: Report
    verdicts: Mapping[str, Verdict] = field(default_factory=dict)
    verifications: Mapping[str, VerifyDocument] = field(default_factory=dict)
    exits: Mapping[str, ExitDocument] = field(default_factory=dict)
    attacks: Mapping[str, AttackDocument] = field(default_factory=dict)
    leaks: Mapping[str, LeakDocument] = field(default_factory=dict)
    conversions: Mapping[str, ConvertDocument] = field(default_factory=dict)
    others: Mapping[str, str] = field(default_factory=dict)
    reasons: Mapping[str, str] = field(default_factory=dict)
    network: str = ""
