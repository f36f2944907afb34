"""Tables and texts of Markdown, in which names from the user's files stay what they are."""

from collections.abc import Iterable, Iterator, Sequence
from html import escape

_MARKS = "*_`[]|"


def table(columns: Sequence[str], rows: Iterable[Sequence[str]], *, left: int = 1) -> Iterator[str]:
    """Yield the lines of a table, its first `left` columns to the left, the others to the right."""
    yield _line(columns)
    yield "|" + "---|" * left + "---:|" * (len(columns) - left)
    yield from map(_line, rows)


def plain(text: str) -> str:
    """Return `text` with what Markdown or HTML would read as its own made plain."""
    text = escape(text, quote=False).replace("\n", " ")
    for mark in _MARKS:
        text = text.replace(mark, "\\" + mark)
    return text


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(map(plain, cells))} |"
