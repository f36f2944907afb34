"""What the user measured on the device, beside what was modelled."""

from collections.abc import Iterator

from neurodeploy.report.render.html.element import Html, joined, tag
from neurodeploy.report.render.html.section import section
from neurodeploy.report.render.html.shown import shown
from neurodeploy.report.render.html.table import Column, table
from neurodeploy.report.render.words import in_order, label
from neurodeploy.report.report import Report

_COLUMNS = (
    Column(title="metric", kind="text"),
    Column(title="measured"),
    Column(title="nominal"),
    Column(title="low"),
    Column(title="high"),
    Column(title="measured in", kind="text"),
)


def measured_section(report: Report) -> Html:
    """Return measured figures beside those of the model; nothing where none was given."""
    if not report.measured:
        return joined()
    return section(
        "measured",
        "Measured on the device",
        "What was measured of the same run, as it was given; beside it the report's own figure.",
        table("Measured beside modelled", _COLUMNS, _rows(report)),
    )


def _rows(report: Report) -> Iterator[tuple[str, ...]]:
    for name in in_order(report.measured):
        metric, own = report.measured[name], report.metrics.get(name)
        path = f"metrics.{name}"
        ends = ("", "", "")
        if own is not None:
            ends = (
                shown(own, path),
                shown(own, path, "low", focus=False),
                shown(own, path, "high", focus=False),
            )
        value = shown(metric, f"measured.{name}")
        yield label(name), value, *ends, tag("span", {}, metric.source)
