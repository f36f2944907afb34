"""A figure on the page: its text, the path at which the JSON has it, and where it comes from."""

from neurodeploy.report.metric import Metric
from neurodeploy.report.render.html.element import Html, tag
from neurodeploy.report.render.words import amount, count, figure, percent, provenance


def shown(metric: Metric, path: str, part: str = "value", *, focus: bool = True) -> Html:
    """Return one part of a metric, with its provenance on hover and, if asked, on focus."""
    value = {"value": metric.value, "low": metric.low, "high": metric.high}[part]
    return tag(
        "span",
        {
            "class": "fig",
            "tabindex": "0" if focus else None,
            "data-metric": f"{path}.{part}",
            "data-tip": f"{path.rpartition('.')[2]}: {provenance(metric)}",
        },
        amount(metric, value),
    )


def plain(value: float | None, unit: str, path: str) -> Html:
    """Return a figure that is no metric."""
    return tag("span", {"data-metric": path}, figure(value, unit))


def share(value: float | None, path: str) -> Html:
    """Return a share in percent."""
    return tag("span", {"data-metric": path, "data-as": "percent"}, percent(value))


def whole(value: int | None, path: str) -> Html:
    """Return a count that is no metric."""
    return tag("span", {"data-metric": path}, "no limit" if value is None else count(value))


def exact_share(value: float | None, path: str) -> Html:
    """Return a share in percent with two decimals, where hundredths of a point count."""
    text = "unknown" if value is None else f"{100 * value:.2f}\N{NARROW NO-BREAK SPACE}%"
    return tag("span", {"data-metric": path, "data-as": "percent"}, text)
