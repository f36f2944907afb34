"""Synaptic operations and activity by layer."""

from neurodeploy.report.render.html.bar import bar, scale_of
from neurodeploy.report.render.html.element import Html
from neurodeploy.report.render.html.section import section
from neurodeploy.report.render.html.shown import shown
from neurodeploy.report.render.html.table import Column, table
from neurodeploy.report.render.words import percent, shape_text
from neurodeploy.report.report import Report

_COLUMNS = (
    Column(title="layer", kind="text"),
    Column(title="shape", kind="text"),
    Column(title="", kind="chart"),
    Column(title="SOPs"),
    Column(title="share"),
    Column(title="effective"),
    Column(title="spikes"),
    Column(title="dead"),
    Column(title="always on"),
)


def operations_section(report: Report) -> Html:
    """Return operations, spikes and silent neurons of every layer."""
    scale = scale_of([layer.metrics["synops_hw"] for layer in report.layers])
    total = sum(layer.metrics["synops_hw"].value or 0.0 for layer in report.layers)
    rows = []
    for k, layer in enumerate(report.layers):
        metrics, path = layer.metrics, f"layers.{k}"
        work = metrics["synops_hw"].value or 0.0
        rows.append(
            (
                layer.name,
                shape_text(layer.shape),
                bar(metrics["synops_hw"], scale, metrics["synops_effective"].value),
                shown(metrics["synops_hw"], f"{path}.synops_hw"),
                percent(work / total) if total else "",
                shown(metrics["synops_effective"], f"{path}.synops_effective", focus=False),
                shown(metrics["spikes"], f"{path}.spikes", focus=False),
                shown(metrics["dead_neurons"], f"{path}.dead_neurons", focus=False),
                shown(metrics["always_on_neurons"], f"{path}.always_on_neurons", focus=False),
            )
        )
    return section(
        "synops",
        "Synaptic operations by layer",
        "Weights accumulated because of arriving spikes, per inference, counted exactly. The dark "
        "part of a bar is effective: weights that are not 0. Dead neurons never spiked on this "
        "stimulus; neurons that are always on spiked in every step.",
        table("Synaptic operations by layer", _COLUMNS, rows),
    )
