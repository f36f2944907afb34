"""A verdict as Markdown, for the summary of a CI job."""

from collections.abc import Iterator

from neurodeploy.regression import words
from neurodeploy.regression.verdict import Origin, Verdict
from neurodeploy.report.render.markdown_table import plain, table


def markdown(verdict: Verdict) -> str:
    """Return headline, tables and reasons."""
    return "\n".join(_lines(verdict)) + "\n"


def _lines(verdict: Verdict) -> Iterator[str]:
    yield f"## neurodeploy check: {plain(words.headline(verdict))}"
    for note in verdict.notes:
        yield f"\n> {plain(note)}"
    rows = words.budget_rows(verdict)
    if rows:
        yield ""
        yield from table(words.BUDGET_COLUMNS, rows, left=2)
    if verdict.of(Origin.BASELINE):
        rows = words.baseline_rows(verdict)
        if rows:
            yield ""
            yield from table(words.BASELINE_COLUMNS, rows, left=2)
        yield f"\n{words.equal_line(verdict)}."
    reasons = words.reason_lines(verdict)
    if reasons:
        yield "\n### Why\n"
        yield from (f"- {plain(reason)}" for reason in reasons)
