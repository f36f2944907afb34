"""A verdict as Markdown, for the summary of a CI job."""

from collections.abc import Iterator, Sequence

from neurodeploy.regression import words
from neurodeploy.regression.verdict import Origin, Verdict


def markdown(verdict: Verdict) -> str:
    """Return headline, tables and reasons."""
    return "\n".join(_lines(verdict)) + "\n"


def _lines(verdict: Verdict) -> Iterator[str]:
    yield f"## neurodeploy check: {_escaped(words.headline(verdict))}"
    for note in verdict.notes:
        yield f"\n> {_escaped(note)}"
    rows = words.budget_rows(verdict)
    if rows:
        yield from _table(words.BUDGET_COLUMNS, rows)
    if verdict.of(Origin.BASELINE):
        rows = words.baseline_rows(verdict)
        if rows:
            yield from _table(words.BASELINE_COLUMNS, rows)
        yield f"\n{words.equal_line(verdict)}."
    reasons = words.reason_lines(verdict)
    if reasons:
        yield "\n### Why\n"
        yield from (f"- {_escaped(reason)}" for reason in reasons)


def _table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    yield ""
    yield _row(columns)
    yield _row(["---"] * len(columns))
    yield from (_row([_escaped(cell) for cell in row]) for row in rows)


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _escaped(text: str) -> str:
    """Return `text` with what Markdown or HTML would read as its own made plain."""
    for mark, plain in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ("|", "\\|"), ("\n", " ")):
        text = text.replace(mark, plain)
    for mark in "*_`[]":
        text = text.replace(mark, "\\" + mark)
    return text
