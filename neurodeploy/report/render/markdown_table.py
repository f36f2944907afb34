"""Tables and texts of Markdown, in which names from the user's files stay what they are."""

import re
from collections.abc import Iterable, Iterator, Sequence
from html import escape

_MARK = re.compile(r"[\\*`\[\]|]|(?<!\w)_|_(?!\w)")
"""Within a word an underscore stands for itself."""


def table(columns: Sequence[str], rows: Iterable[Sequence[str]], *, left: int = 1) -> Iterator[str]:
    """Yield the lines of a table, its first `left` columns to the left, the others to the right."""
    yield _line(columns)
    yield "|" + "---|" * left + "---:|" * (len(columns) - left)
    yield from map(_line, rows)


def plain(text: str) -> str:
    """Return `text` with what Markdown or HTML would read as its own made plain."""
    return _MARK.sub(r"\\\g<0>", escape(text, quote=False).replace("\n", " "))


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(map(plain, cells))} |"
