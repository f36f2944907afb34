"""A verdict in words and rows, for every renderer."""

from neurodeploy.regression.amount import shown
from neurodeploy.regression.cause import change
from neurodeploy.regression.verdict import Finding, Origin, Status, Verdict

BUDGET_COLUMNS = ("", "budget", "now", "allowed", "binding")
BASELINE_COLUMNS = ("", "baseline", "before", "now", "change", "allowed")

_WORDS = {
    Status.PASSED: "ok",
    Status.FAILED: "FAIL",
    Status.UNKNOWN: "unknown",
    Status.NOTE: "note",
}


def headline(verdict: Verdict) -> str:
    """Return the verdict in one line."""
    n_lines, n_failed = len(verdict.findings), len(verdict.failures)
    if n_failed:
        return f"FAILED: {n_failed} of {n_lines} lines"
    n_unknown = sum(finding.status is Status.UNKNOWN for finding in verdict.findings)
    unknown = f", {n_unknown} unknown" if n_unknown else ""
    return f"PASSED: {n_lines} lines{unknown}"


def word(verdict: Verdict, finding: Finding) -> str:
    """Return what became of a line."""
    strictly = " (strict)" if verdict.fails(finding) and finding.status is Status.UNKNOWN else ""
    return _WORDS[finding.status] + strictly


def budget_rows(verdict: Verdict) -> list[tuple[str, ...]]:
    """Return a row for each limit of the budget."""
    return [
        (word(verdict, f), f.path, _now(f), f.allowed, f.binding) for f in verdict.of(Origin.BUDGET)
    ]


def baseline_rows(verdict: Verdict) -> list[tuple[str, ...]]:
    """Return a row for each figure that is not what the baseline has."""
    return [
        (word(verdict, f), f.path, shown(f.before, f.unit), _now(f), _percent(f), f.allowed)
        for f in verdict.of(Origin.BASELINE)
        if not _equal(f)
    ]


def equal_line(verdict: Verdict) -> str:
    """Return how many figures equal the baseline's."""
    found = verdict.of(Origin.BASELINE)
    equal = sum(map(_equal, found))
    return f"{equal} of {len(found)} figures compared equal the baseline's"


def reason_lines(verdict: Verdict) -> list[str]:
    """Return where the change starts, then why each line failed, is unknown or has changed."""
    told = [f for f in verdict.findings if f.status is not Status.PASSED or f.cause]
    reasons = [(f.path, f.cause or f.remark) for f in told]
    lines = (f"{path}: {reason}" for path, reason in reasons if reason)
    return list(dict.fromkeys([*([verdict.start] if verdict.start else []), *lines]))


def line(verdict: Verdict, finding: Finding) -> str:
    """Return the whole line: figure, limit, what it hangs on, and why."""
    if finding.figure is None:
        return f"{finding.path}: allowed {finding.allowed}; {finding.remark}"
    parts = [f"{finding.path} is {_now(finding)}, allowed {finding.allowed}"]
    if finding.origin is Origin.BASELINE and finding.before is not None:
        moved = change(finding.before, finding.figure, finding.unit)
        parts = [f"{finding.path} went {moved}, allowed {finding.allowed}"]
    if finding.binding:
        parts.append(f"binding: {finding.binding}")
    known = finding.before is not None
    start = verdict.start if known and not _tells(finding.cause, verdict.start) else ""
    return "; ".join(part for part in (*parts, finding.cause, start, finding.remark) if part)


def _tells(cause: str, start: str) -> bool:
    """Return whether `cause` names the very change in which `start` sees the beginning."""
    return bool(start) and start.removeprefix("the change starts in ") in cause


def _equal(finding: Finding) -> bool:
    return finding.status is Status.PASSED and finding.figure == finding.before


def _now(finding: Finding) -> str:
    return shown(finding.figure, finding.unit)


def _percent(finding: Finding) -> str:
    if finding.before is None or finding.figure is None:
        return ""
    if not finding.before:
        return f"{finding.figure - finding.before:+.4g}"
    return f"{100 * (finding.figure - finding.before) / abs(finding.before):+.3g} %"
