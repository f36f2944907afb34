"""Plots whose shapes stretch with the page and whose labels do not: SVG between lines of text."""

from collections.abc import Sequence

from neurodeploy.report.render.html.element import Html, tag

_WIDTH, _HEIGHT = 1000.0, 100.0


def area(values: Sequence[float], most: float, kind: str = "area") -> Html:
    """Return the area under steps of equal width, `most` being the full height."""
    if not most:
        return tag("path", {"class": kind, "d": ""})
    step = _WIDTH / len(values)
    corners = [f"M0 {_HEIGHT:g}"]
    for k, value in enumerate(values):
        y = _HEIGHT * (1 - value / most)
        corners.append(f"L{k * step:.2f} {y:.2f}L{(k + 1) * step:.2f} {y:.2f}")
    return tag("path", {"class": kind, "d": "".join(corners) + f"L{_WIDTH:g} {_HEIGHT:g}Z"})


def outline(values: Sequence[float], most: float) -> Html:
    """Return the upper edge of the same steps as a line."""
    if not most:
        return tag("path", {"class": "edge", "d": ""})
    step = _WIDTH / len(values)
    corners = []
    for k, value in enumerate(values):
        y = _HEIGHT * (1 - value / most)
        corners.append(f"{'L' if k else 'M'}{k * step:.2f} {y:.2f}L{(k + 1) * step:.2f} {y:.2f}")
    return tag("path", {"class": "edge", "d": "".join(corners)})


def canvas(kind: str, *shapes: Html) -> Html:
    """Return an SVG that stretches to its box; what it shows stands in a table beside it."""
    return tag(
        "svg",
        {
            "class": kind,
            "viewBox": f"0 0 {_WIDTH:g} {_HEIGHT:g}",
            "preserveAspectRatio": "none",
            "aria-hidden": "true",
        },
        *shapes,
    )
