"""Horizontal bars with whiskers, in percent of their cell, so that they fit any width."""

from dataclasses import dataclass

from neurodeploy.report.metric import Metric
from neurodeploy.report.render.html.element import Html, joined, tag

_ROOM = 1.08
_MOST_TIMES_NOMINAL = 2.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """What the full width of a bar's cell stands for."""

    full: float

    def at(self, value: float) -> float:
        """Return the position of `value` in percent, at most 100."""
        return min(max(100 * value / self.full, 0.0), 100.0) if self.full else 0.0


def scale_of(metrics: list[Metric]) -> Scale:
    """Return a scale that holds all nominal values, and high ends up to 2.5 times the largest."""
    nominal = max((metric.value or 0.0 for metric in metrics), default=0.0)
    high = max((metric.high or 0.0 for metric in metrics), default=0.0)
    return Scale(full=_ROOM * min(high, _MOST_TIMES_NOMINAL * nominal))


def overflows(metrics: list[Metric], scale: Scale) -> bool:
    """Return whether a whisker leaves the chart."""
    return any((metric.high or 0.0) > scale.full for metric in metrics)


def bar(metric: Metric, scale: Scale, inner: float | None = None) -> Html:
    """Return one bar: nominal value, whisker from low to high, and a darker part `inner`."""
    if metric.value is None:  # the figure beside it says so
        return joined()
    parts = [_rect(scale.at(metric.value), "bar")]
    if inner is not None:
        parts.append(_rect(scale.at(inner), "bar inner"))
    if metric.low is not None and metric.high is not None and metric.low != metric.high:
        parts.append(_whisker(metric.low, metric.high, scale))
    return tag("svg", {"class": "bars", "aria-hidden": "true"}, *parts)


def length(value: float, scale: Scale, inner: float | None = None) -> Html:
    """Return a bar without whisker, for what has no interval; a darker part is `inner`."""
    parts = [_rect(scale.at(value), "bar")]
    if inner is not None:
        parts.append(_rect(scale.at(inner), "bar inner"))
    return tag("svg", {"class": "bars", "aria-hidden": "true"}, *parts)


def _rect(width: float, kind: str) -> Html:
    return tag("rect", {"class": kind, "y": "3", "height": "12", "width": f"{width:.2f}%"})


def _whisker(low: float, high: float, scale: Scale) -> Html:
    begin, end = f"{scale.at(low):.2f}%", f"{scale.at(high):.2f}%"
    line = tag("line", {"class": "whisker", "x1": begin, "x2": end, "y1": "9", "y2": "9"})
    left = tag("line", {"class": "whisker", "x1": begin, "x2": begin, "y1": "5", "y2": "13"})
    if high > scale.full:
        arrow = tag("text", {"class": "beyond", "x": "100%", "y": "13"}, "▸")
        return joined(line, left, arrow)
    right = tag("line", {"class": "whisker", "x1": end, "x2": end, "y1": "5", "y2": "13"})
    return joined(line, left, right)
