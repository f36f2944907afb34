"""Print modelled and measured figures side by side."""

from typing import TYPE_CHECKING

from neurodeploy.cli import output
from neurodeploy.cli.modelled_text import interval

if TYPE_CHECKING:
    from neurodeploy.report.report import Report


def print_measured(report: "Report") -> None:
    """Print every measured figure beside the model's, and the ratio; nothing if there is none."""
    if not report.measured:
        return
    output.heading("Modelled against measured")
    rows = []
    for name, measured in report.measured.items():
        modelled = report.metrics.get(name)
        ends = ("none", "none", "none") if modelled is None else interval(modelled)
        value = None if modelled is None else modelled.value
        ratio = "unknown" if not value else f"{(measured.value or 0.0) / value:.3g}"
        rows.append((name, *ends, interval(measured)[1], ratio))
    output.table(("", "low", "nominal", "high", "measured", "measured / nominal"), rows)
    output.say(f"measured: {next(iter(report.measured.values())).source}")
