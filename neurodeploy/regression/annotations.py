"""A verdict as workflow commands of GitHub Actions, which show on the commit."""

from collections.abc import Iterator

from neurodeploy.regression.verdict import Finding, Status, Verdict
from neurodeploy.regression.words import line

_DATA = (("%", "%25"), ("\r", "%0D"), ("\n", "%0A"))
_PROPERTY = (*_DATA, (":", "%3A"), (",", "%2C"))


def annotations(verdict: Verdict) -> Iterator[str]:
    """Yield ``::error``, ``::warning`` or ``::notice`` for each line that is not simply passed."""
    for finding in verdict.findings:
        level = _level(verdict, finding)
        if level is not None:
            title = _escaped(f"neurodeploy: {finding.path}", _PROPERTY)
            yield f"::{level} title={title}::{_escaped(line(verdict, finding), _DATA)}"


def _level(verdict: Verdict, finding: Finding) -> str | None:
    if verdict.fails(finding):
        return "error"
    return {Status.UNKNOWN: "warning", Status.NOTE: "notice"}.get(finding.status)


def _escaped(text: str, marks: tuple[tuple[str, str], ...]) -> str:
    for mark, escaped in marks:
        text = text.replace(mark, escaped)
    return text
