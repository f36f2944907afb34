"""A large figure with its range as a strip, and the word measured, modelled or exact."""

import math

from neurodeploy.report.render.html.element import Html, joined, tag

_DECADES = 2.0
"""The strip reaches from a hundredth of the nominal figure to a hundred times it."""


def card(name: str, value: str, below: str, basis: str, strip: Html, bound: str = "") -> Html:
    """Return one card; `below` says the range, `bound` which way it is open."""
    said = f"{basis},{bound}" if bound else basis
    return tag(
        "div",
        {"class": "card"},
        tag("div", {"class": "name"}, name),
        tag("div", {"class": "value"}, value),
        strip,
        tag("div", {"class": "below"}, below),
        *([tag("div", {"class": f"basis {basis}"}, said)] if basis else []),
    )


def around(low: float | None, nominal: float | None, high: float | None) -> Html:
    """Return low to high on a logarithmic scale around the nominal figure, marks by decade."""
    if not low or not nominal or not high:
        return joined()
    ends = [_at(end / nominal) for end in (low, high)]
    marks = (_tick(_at(10.0**power), "decade") for power in (-1, 1))
    return _drawn(*marks, _line(*ends), _tick(_at(1.0), "nominal"))


def against_one(low: float | None, nominal: float | None, high: float | None) -> Html:
    """Return a ratio on the same scale around 1."""
    if not low or not nominal or not high:
        return joined()
    marks = (_tick(_at(10.0**power), "decade") for power in (-1, 1))
    one = _tick(_at(1.0), "one")
    return _drawn(*marks, one, _line(_at(low), _at(high)), _tick(_at(nominal), "nominal"))


def share(low: float | None, nominal: float, high: float | None) -> Html:
    """Return a share and its interval on a scale from 0 to 1."""
    line = [] if low is None or high is None else [_line(100 * low, 100 * high)]
    return _drawn(*line, _tick(100 * nominal, "nominal"))


def _drawn(*content: Html) -> Html:
    axis = tag("line", {"class": "axis", "x1": "0%", "x2": "100%", "y1": "8", "y2": "8"})
    return tag("svg", {"class": "strip", "aria-hidden": "true"}, axis, *content)


def _line(begin: float, end: float) -> Html:
    width = f"{max(end - begin, 0.6):.2f}%"
    return tag(
        "rect",
        {"class": "between", "x": f"{begin:.2f}%", "width": width, "y": "4.5", "height": "7"},
    )


def _tick(at: float, kind: str) -> Html:
    place = f"{at:.2f}%"
    return tag("line", {"class": kind, "x1": place, "x2": place, "y1": "1", "y2": "15"})


def _at(times_nominal: float) -> float:
    decades = max(min(math.log10(times_nominal), _DECADES), -_DECADES)
    return 50 + 50 * decades / _DECADES
