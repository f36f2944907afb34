"""A verdict in words and rows, for every renderer."""

from neurodeploy.regression.amount import shown
from neurodeploy.regression.cause import change
from neurodeploy.regression.verdict import Finding, Origin, Status, Verdict
from neurodeploy.report.render.words import plural

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
    lines = f"{n_lines} {plural('line', n_lines)}"
    if n_failed:
        return f"FAILED: {n_failed} of {lines}"
    n_unknown = sum(finding.status is Status.UNKNOWN for finding in verdict.findings)
    unknown = f", {n_unknown} unknown" if n_unknown else ""
    return f"PASSED: {lines}{unknown}"


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
    return f"equal to the baseline's: {sum(map(_equal, found))} of {len(found)} figures compared"


def reason_lines(verdict: Verdict) -> list[str]:
    """Return where the change starts, then a line for each reason and the figures it holds for.

    Told are the lines that failed, are unknown or are notes; where there is none of them, all that
    changed.
    """
    told = [f for f in verdict.findings if f.status is not Status.PASSED]
    told = told or [f for f in verdict.findings if f.cause]
    reasons: dict[str, list[str]] = {}
    for finding in told:
        known = finding.figure is not None and finding.before is not None
        reason = finding.cause if known else finding.remark
        if reason and finding.path not in reasons.setdefault(reason, []):
            reasons[reason].append(finding.path)
    lines = [f"{', '.join(paths)}: {reason}" for reason, paths in reasons.items()]
    return [verdict.start, *lines] if verdict.start else lines


def line(verdict: Verdict, finding: Finding) -> str:
    """Return the whole line: figure, limit, what it hangs on, and why."""
    if finding.figure is None:
        return f"{_held(finding)}; {finding.remark}"
    binding = f"binding: {finding.binding}" if finding.binding else ""
    start = verdict.start if not _tells(finding.cause, verdict.start) else ""
    why = (finding.cause, start) if finding.before is not None else ()
    parts = (_held(finding), binding, *why, finding.remark)
    return "; ".join(part for part in parts if part)


def short_line(verdict: Verdict, finding: Finding) -> str:
    """Return figure, limit, the nearest reason, and the layer where the change starts."""
    if finding.figure is None:
        return f"{_held(finding)}; {finding.remark}"
    if finding.before is None or not verdict.start:
        return "; ".join(p for p in (_held(finding), finding.binding or finding.remark) if p)
    where = verdict.start.partition(": ")[0].removeprefix("the change ")
    start = where if finding.cause else verdict.start
    blamed = where.removeprefix("starts in ")
    parts = [finding.cause] if blamed in finding.cause else [finding.cause, start]
    return "; ".join(part for part in (_held(finding), *parts) if part)


def _held(finding: Finding) -> str:
    if finding.figure is None:
        return f"{finding.path}: allowed {finding.allowed}"
    if finding.origin is Origin.BASELINE and finding.before is not None:
        moved = change(finding.before, finding.figure, finding.unit)
        return f"{finding.path} went {moved}, allowed {finding.allowed}"
    return f"{finding.path} is {_now(finding)}, allowed {finding.allowed}"


def _tells(cause: str, start: str) -> bool:
    """Return whether `cause` names the very change in which `start` sees the beginning."""
    return start.removeprefix("the change starts in ") in cause


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
