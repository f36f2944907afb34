"""Energy by component and by layer."""

from neurodeploy.report.metric import Metric
from neurodeploy.report.render.html.bar import bar, overflows, scale_of
from neurodeploy.report.render.html.element import Html, joined
from neurodeploy.report.render.html.section import section
from neurodeploy.report.render.html.shown import shown
from neurodeploy.report.render.html.table import Column, folded, table
from neurodeploy.report.render.words import energy_components, is_lower_bound, label
from neurodeploy.report.report import Report

_TOTAL = "energy_total_j"
_DYNAMIC = "energy_dynamic_j"
_COLUMNS = (
    Column(title="", kind="chart"),
    Column(title="nominal"),
    Column(title="low"),
    Column(title="high"),
)


def energy_sections(report: Report) -> Html:
    """Return energy by component, and by layer where it is known."""
    parts = [_by_component(report)]
    if any(layer.metrics[_DYNAMIC].value for layer in report.layers):
        parts.append(_by_layer(report))
    return joined(*parts)


def _by_component(report: Report) -> Html:
    names = [n for n in energy_components(report.metrics) if report.metrics[n].value != 0]
    known = [n for n in names if report.metrics[n].value is not None]
    names = [
        *sorted(known, key=lambda n: -(report.metrics[n].value or 0.0)),
        *sorted(set(names) - set(known)),
    ]
    total = report.metrics[_TOTAL]
    metrics = [report.metrics[name] for name in names]
    scale = scale_of(metrics)
    rows: list[tuple[str, ...]] = [
        (label(n), bar(report.metrics[n], scale), *_ends(report.metrics[n], f"metrics.{n}"))
        for n in names
    ]
    name = "total of what is known" if is_lower_bound(total) else "total"
    rows.append((name, "", *_ends(total, f"metrics.{_TOTAL}")))
    zero = [n for n in energy_components(report.metrics) if report.metrics[n].value == 0]
    nothing = f" Nothing was spent on {', '.join(label(n) for n in zero)}." if zero else ""
    return section(
        "energy",
        "Energy by component",
        "Joules of one inference; whiskers run from the low to the high estimate."
        + _arrow(metrics, overflows(metrics, scale))
        + nothing,
        table(
            "Energy by component",
            (Column(title="component", kind="text"), *_COLUMNS),
            rows,
            total=True,
        ),
    )


def _by_layer(report: Report) -> Html:
    metrics = [layer.metrics[_DYNAMIC] for layer in report.layers]
    scale = scale_of(metrics)
    rows = [
        (
            layer.name,
            bar(layer.metrics[_DYNAMIC], scale),
            *_ends(layer.metrics[_DYNAMIC], f"layers.{k}.{_DYNAMIC}"),
        )
        for k, layer in enumerate(report.layers)
    ]
    return section(
        "energy-layers",
        "Energy by layer",
        "Dynamic energy of one inference: what events cost. Static power, resets and what the host "
        "sends belong to no layer." + _arrow(metrics, overflows(metrics, scale)),
        table("Dynamic energy by layer", (Column(title="layer", kind="text"), *_COLUMNS), rows),
        folded("Every layer by component", _matrix(report)),
    )


def _matrix(report: Report) -> Html:
    names = [
        name
        for name in energy_components(report.layers[0].metrics)
        if any(layer.metrics[name].value != 0 for layer in report.layers)
    ]
    rows = [
        (
            layer.name,
            *(shown(layer.metrics[n], f"layers.{k}.{n}", focus=False) for n in names),
        )
        for k, layer in enumerate(report.layers)
    ]
    columns = [Column(title="layer", kind="text"), *(Column(title=label(n)) for n in names)]
    return table("Dynamic energy of every layer by component, nominal", columns, rows)


def _ends(metric: Metric, path: str) -> tuple[str, str, str]:
    if metric.value is None:
        return shown(metric, path), "", ""
    return (
        shown(metric, path),
        shown(metric, path, "low", focus=False),
        shown(metric, path, "high", focus=False),
    )


def _arrow(metrics: list[Metric], beyond: bool) -> str:
    return " An arrow says that a whisker ends beyond the chart." if beyond and metrics else ""
