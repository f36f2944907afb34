"""By how much a report passes the limits of a budget."""

from collections.abc import Mapping

from neurodeploy.regression import Budget, figures_of
from neurodeploy.regression.budget import Limit
from neurodeploy.regression.verdict import Finding, Status
from neurodeploy.regression.within_budget import within_budget
from neurodeploy.report.report import Report

UNKNOWN = 1.0
"""Excess where no share can be told: as much as for twice what is allowed."""


def excess(report: Report, budget: Budget) -> Mapping[str, float]:
    """Return, for each limit, by what share of it the figure is on the wrong side, else below 0."""
    findings = {f.path: f for f in within_budget(figures_of(report), budget, None)}
    found = {limit.path: _excess(limit, findings, strict=budget.strict) for limit in budget.limits}
    if "chip" in findings:
        found["chip"] = UNKNOWN
    return found


def _excess(limit: Limit, findings: Mapping[str, Finding], *, strict: bool) -> float:
    finding = findings[limit.path]
    if finding.status is Status.UNKNOWN or finding.figure is None:
        return UNKNOWN if strict else 0.0
    failed = finding.status is Status.FAILED
    if limit.share:  # the finding counts pieces, the limit is a share of those there are
        return UNKNOWN if failed else 0.0
    share = abs(finding.figure - limit.value) / max(abs(limit.value), 1e-300)
    return max(share, 1e-12) if failed else -share
