"""Tables: headed columns, the first cell of a row its header, in a box that scrolls if it must."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from neurodeploy.report.render.html.element import Html, tag


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column: `kind` is ``text``, ``number``, ``chart`` or ``chart half``."""

    title: str
    kind: str = "number"


def table(
    label: str, columns: Sequence[Column], rows: Iterable[Sequence[str]], *, total: bool = False
) -> Html:
    """Return a table that screen readers call `label`; with `total` the last row is a sum."""
    head = tag("tr", {}, *(_head(column) for column in columns))
    lines = list(rows)
    body = [
        tag(
            "tr",
            {"class": "total" if total and k == len(lines) - 1 else None},
            tag("th", {"scope": "row"}, row[0]),
            *(
                tag("td", {"class": column.kind}, cell)
                for column, cell in zip(columns[1:], row[1:], strict=True)
            ),
        )
        for k, row in enumerate(lines)
    ]
    inner = tag(
        "table",
        {},
        tag("caption", {"class": "unseen"}, label),
        tag("thead", {}, head),
        tag("tbody", {}, *body),
    )
    return tag(
        "div",
        {"class": "scroll", "role": "region", "aria-label": f"Table: {label}", "tabindex": "0"},
        inner,
    )


def folded(summary: str, *content: str) -> Html:
    """Return content that is shown when asked for, and in print."""
    return tag("details", {}, tag("summary", {}, summary), *content)


def _head(column: Column) -> Html:
    title = column.title or tag("span", {"class": "unseen"}, "as a bar")
    return tag("th", {"scope": "col", "class": column.kind}, title)
