"""Where every figure comes from: all metrics, the references behind them, the fingerprints."""

from collections.abc import Iterator

from neurodeploy.report.metric import REGISTRY
from neurodeploy.report.render.html.element import Html, tag
from neurodeploy.report.render.html.section import section
from neurodeploy.report.render.html.shown import shown
from neurodeploy.report.render.html.table import Column, folded, table
from neurodeploy.report.render.words import in_order
from neurodeploy.report.report import Report

_COLUMNS = (
    Column(title="metric", kind="text"),
    Column(title="value"),
    Column(title="low"),
    Column(title="high"),
    Column(title="basis", kind="text"),
    Column(title="note", kind="text"),
    Column(title="source", kind="text"),
    Column(title="meaning", kind="text"),
)


def sources_section(report: Report) -> Html:
    """Return the provenance of everything."""
    references = [
        item
        for name, text in sorted(report.sources.items())
        for item in (tag("dt", {}, name), tag("dd", {}, text))
    ]
    facts = {
        "deployment": report.deployment_digest,
        "stimulus": report.stimulus_digest,
        "report schema": str(report.schema),
    }
    prints = [
        item
        for name, text in facts.items()
        for item in (tag("dt", {}, name), tag("dd", {}, tag("code", {}, text)))
    ]
    return section(
        "sources",
        "Provenance",
        "Every figure of the network with its basis, interval, evidence and source; the names are "
        "those of report.json, of budgets and of gates.",
        folded("All figures of the network", table("All figures", _COLUMNS, _rows(report))),
        folded("References behind the sources", tag("dl", {}, *references)),
        tag("dl", {"class": "prints"}, *prints),
    )


def _rows(report: Report) -> Iterator[tuple[str, ...]]:
    for name in in_order(report.metrics):
        metric = report.metrics[name]
        path = f"metrics.{name}"
        yield (
            tag("code", {}, name),
            *(shown(metric, path, part, focus=False) for part in ("value", "low", "high")),
            metric.basis.value,
            metric.note,
            "" if metric.source in ("none", "counted") else metric.source,
            REGISTRY[name].meaning,
        )
