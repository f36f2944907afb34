"""Activity over the steps of an inference: operations and time of the network, spikes by layer."""

from collections.abc import Iterator

from neurodeploy.report.render.html.element import Html, joined, tag
from neurodeploy.report.render.html.plot import area, canvas, outline
from neurodeploy.report.render.html.section import section
from neurodeploy.report.render.html.shown import plain
from neurodeploy.report.render.html.table import Column, folded, table
from neurodeploy.report.render.words import count, figure
from neurodeploy.report.report import Report
from neurodeploy.report.steps import Series

_MEAN, _MOST = "mean over samples", "most"


def activity_section(report: Report) -> Html:
    """Return the series over steps."""
    steps = report.steps
    plots = [_plot("Synaptic operations", steps.synops_hw, "1")]
    if steps.time_s is not None:
        plots.append(_plot("Time", steps.time_s, "s"))
    return section(
        "steps",
        "Activity over the steps",
        f"{report.n_steps} steps of an inference, from left to right. Filled: mean over "
        f"{report.n_samples:,} samples; line: what no sample exceeds.",
        tag("div", {"class": "plots"}, *plots),
        _layers(report),
        folded("Table of the steps", _table(report)),
    )


def _plot(title: str, series: Series, unit: str) -> Html:
    most = max(series.most, default=0.0)
    return tag(
        "figure",
        {"class": "plot"},
        tag("figcaption", {}, f"{title} a step"),
        tag("div", {"class": "top faint"}, figure(most, unit)),
        canvas("tall", area(series.mean, most), outline(series.most, most)),
        tag(
            "div",
            {"class": "ends faint"},
            tag("span", {}, "step 0"),
            tag("span", {}, f"step {len(series.mean) - 1}"),
        ),
    )


def _layers(report: Report) -> Html:
    rows = []
    for k, layer in enumerate(report.steps.layers):
        most = max(layer.spikes.most, default=0.0)
        step = _peak(layer.spikes.mean)
        rows.append(
            (
                layer.layer,
                canvas("spark", area(layer.spikes.mean, most), outline(layer.spikes.most, most)),
                "no spikes" if step is None else f"{step}",
                ""
                if step is None
                else plain(layer.spikes.mean[step], "1", f"steps.layers.{k}.spikes.mean.{step}"),
                count(most),
            )
        )
    columns = (
        Column(title="layer", kind="text"),
        Column(title="spikes a step, each layer on its own scale", kind="chart"),
        Column(title="busiest step"),
        Column(title="mean there"),
        Column(title="at most"),
    )
    return table("Spikes by layer and step", columns, rows)


def _peak(values: tuple[float, ...]) -> int | None:
    return values.index(max(values)) if any(values) else None


def _table(report: Report) -> Html:
    steps = report.steps
    columns = [
        Column(title="step", kind="text"),
        Column(title=f"SOPs, {_MEAN}"),
        Column(title=f"SOPs, {_MOST}"),
    ]
    if steps.time_s is not None:
        columns += [Column(title=f"time, {_MEAN}"), Column(title=f"time, {_MOST}")]
    return joined(
        table("Operations and time by step", columns, _step_rows(report)),
    )


def _step_rows(report: Report) -> Iterator[tuple[str, ...]]:
    steps = report.steps
    for k in range(report.n_steps):
        cells = [*_pair(steps.synops_hw, "1", "steps.synops_hw", k)]
        if steps.time_s is not None:
            cells += _pair(steps.time_s, "s", "steps.time_s", k)
        yield (str(k), *cells)


def _pair(series: Series, unit: str, path: str, k: int) -> tuple[Html, Html]:
    return (
        plain(series.mean[k], unit, f"{path}.mean.{k}"),
        plain(series.most[k], unit, f"{path}.most.{k}"),
    )
