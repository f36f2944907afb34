"""HTML and SVG elements as text; whatever is not an element already is escaped."""

from collections.abc import Mapping
from html import escape
from types import MappingProxyType

Attributes = Mapping[str, str | float | None]

_EMPTY: Attributes = MappingProxyType({})
_VOID = frozenset({"meta"})


class Html(str):
    """Text that is HTML."""

    __slots__ = ()


def tag(name: str, attributes: Attributes = _EMPTY, *children: str) -> Html:
    """Return an element; an attribute that is None is left out."""
    written = "".join(
        f' {key}="{_value(value)}"' for key, value in attributes.items() if value is not None
    )
    if name in _VOID:
        return Html(f"<{name}{written}>")
    return Html(f"<{name}{written}>{joined(*children)}</{name}>")


def joined(*children: str) -> Html:
    """Return elements and texts, one after the other."""
    return Html("".join(map(_text, children)))


def _text(child: str) -> str:
    return child if isinstance(child, Html) else escape(child, quote=False)


def _value(value: str | float | None) -> str:
    if isinstance(value, float):
        return f"{value:.5g}"
    return escape(str(value), quote=True)
