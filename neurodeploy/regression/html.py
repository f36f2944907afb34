"""A verdict as the first section of a report's page."""

from collections.abc import Sequence

from neurodeploy.regression import words
from neurodeploy.regression.verdict import Origin, Verdict
from neurodeploy.report.render.html.element import Html, joined, tag
from neurodeploy.report.render.html.table import Column, folded, table

ANCHOR = "gate"


def html(verdict: Verdict, anchor: str = ANCHOR) -> Html:
    """Return headline, what fails and why, and every line folded behind it."""
    kind = "tick" if verdict.passed else "tick cross"
    mark = tag("span", {"class": kind, "aria-hidden": "true"}, "✓" if verdict.passed else "✗")
    title = {"id": f"{anchor}-title", "class": "verdict"}
    failed = [words.line(verdict, finding) for finding in verdict.failures]
    limits = words.budget_rows(verdict)
    return tag(
        "section",
        {"id": anchor, "aria-labelledby": f"{anchor}-title"},
        tag("h2", title, mark, f" {words.headline(verdict)}"),
        *(tag("p", {"class": "note fail", "role": "note"}, line) for line in failed),
        *(tag("p", {"class": "note", "role": "note"}, line) for line in verdict.notes),
        folded("All limits", _table("Limits of the budget", words.BUDGET_COLUMNS, limits)),
        *_changes(verdict),
    )


def _changes(verdict: Verdict) -> tuple[Html, ...]:
    if not verdict.of(Origin.BASELINE):
        return ()
    changed = _table("Changes", words.BASELINE_COLUMNS, words.baseline_rows(verdict))
    return changed, tag("p", {"class": "faint"}, words.equal_line(verdict))


def _table(label: str, titles: Sequence[str], rows: Sequence[Sequence[str]]) -> Html:
    """Return a table whose rows are headed by the figure, and begin with what became of it."""
    if not rows:
        return joined()
    first, *rest = titles[1:]
    columns = [
        Column(title=first, kind="text"),
        Column(title="verdict", kind="text"),
        *(Column(title=t, kind="text" if t == "binding" else "number") for t in rest),
    ]
    return table(label, columns, [(row[1], _word(row[0]), *row[2:]) for row in rows])


def _word(word: str) -> Html:
    return tag("strong", {"class": "cross"}, word) if word.startswith("FAIL") else joined(word)
