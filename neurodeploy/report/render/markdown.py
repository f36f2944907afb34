"""The report as Markdown, for the summary of a CI job or a pull request."""

from collections.abc import Iterator

from neurodeploy.report.metric import DISTRIBUTED, STATISTICS, WITH_EXIT, Metric, statistic_name
from neurodeploy.report.render.markdown_table import plain, table
from neurodeploy.report.render.words import (
    amount,
    bottleneck_lines,
    count,
    energy_components,
    label,
    percent,
    policy_text,
    sources_line,
    verdict,
    with_interval,
)
from neurodeploy.report.report import Report

_MOST_LAYERS = 12
_HEADLINE = ("accuracy", "synops_hw", "energy_total_j", "latency_s", "power_w", "throughput_hz")
_SAVED = {
    "energy_dynamic_j": "exit_saving_dynamic",
    "energy_static_j": "exit_saving_static",
    "energy_total_j": "exit_saving_total",
    "latency_s": "exit_saving_latency",
}


def markdown_text(report: Report) -> str:
    """Return the summary: verdict, headline figures, energy, distributions, hottest layers."""
    return "\n".join(_lines(report)) + "\n"


def _lines(report: Report) -> Iterator[str]:
    yield f"## {verdict(report)}"
    yield ""
    yield (
        f"{report.target} on {report.chip_title}; {report.n_samples:,} samples of "
        f"{report.n_steps} steps, {report.stimulus}, input {report.input_coding}"
    )
    yield ""
    yield from (f"> **Fails:** {plain(failure)}" for failure in report.failures)
    yield from (f"> **Note:** {plain(note)}" for note in report.notes)
    yield from (f"- {plain(line)}" for line in bottleneck_lines(report))
    yield ""
    yield "### Per inference"
    yield ""
    yield from table(("", "nominal", "low", "high", "basis"), _headline(report))
    yield ""
    yield from _early_exit(report)
    yield "### Energy by component"
    yield ""
    yield from table(("", "nominal", "low", "high", "basis"), _energy(report))
    yield ""
    yield "### Over samples"
    yield ""
    yield from table(("", *STATISTICS), _distributions(report))
    yield ""
    yield "### Layers with most synaptic operations"
    yield ""
    yield from table(
        ("layer", "SOPs", "share", "spikes", "dynamic energy", "weight error"), _layers(report)
    )
    left = len(report.layers) - _MOST_LAYERS
    if left > 0:
        yield ""
        yield f"and {left} more layers"
    yield ""
    yield from _provenance(report)
    if report.missing:
        yield ""
        yield f"Not in these figures: {', '.join(report.missing)}."


def _early_exit(report: Report) -> Iterator[str]:
    found, metrics = report.early_exit, report.metrics
    if found is None:
        return
    yield "### Early exit"
    yield ""
    yield f"{plain(policy_text(found.policy))}."
    yield ""
    rows = [("steps", f"{len(found.steps)}", f"{metrics['exit_step'].value:.3f}", "")]
    if found.answers is not None:
        full, own = metrics["exit_accuracy_full"].value, metrics["accuracy"].value
        before, after = (f"{100 * (share or 0):.2f} %" for share in (full, own))
        rows.append(("accuracy", before, after, ""))
    for saving in found.savings:
        share = metrics.get(_SAVED.get(saving.name, ""))
        rows.append(
            (
                "dynamic energy" if saving.name == "energy_dynamic_j" else label(saving.name),
                with_interval(saving.full),
                with_interval(saving.with_exit),
                "" if share is None else percent(share.value),
            )
        )
    yield from table(("", "every step", "with exit", "saved"), rows)
    yield ""
    for what, name in (("synaptic operations", "synops"), ("dynamic energy", "dynamic")):
        parts = [metrics.get(f"exit_{name}_{part}") for part in ("share", "at_once", "depth")]
        charged, at_once, depth = (None if part is None else part.value for part in parts)
        if charged is not None:
            yield (
                f"- {what}: {percent(charged)} of every step's; {percent(at_once)} if layers "
                f"stopped at once, {percent(depth)} for the depth of {found.pipeline_steps} steps"
            )
    yield from (f"- {plain(note)}" for note in found.notes)
    yield ""


def _provenance(report: Report) -> Iterator[str]:
    for name in ("energy_total_j", "latency_s"):
        if report.metrics[name].note:
            yield f"- {label(name)}: {plain(report.metrics[name].note)}"
    yield f"- sources: {plain(sources_line(_printed(report)))}"


def _printed(report: Report) -> Iterator[Metric]:
    """Yield the figures of the tables whose sources must be named."""
    names = [*_HEADLINE, *energy_components(report.metrics)]
    names += [statistic_name(name, statistic) for name in DISTRIBUTED for statistic in STATISTICS]
    yield from (report.metrics[name] for name in names if name in report.metrics)
    yield from (layer.metrics["energy_dynamic_j"] for layer in report.hottest(_MOST_LAYERS))


def _headline(report: Report) -> Iterator[tuple[str, ...]]:
    for name in _HEADLINE:
        metric = report.metrics.get(name)
        if name == "accuracy" and metric is not None:
            yield "accuracy", percent(metric.value), "", "", metric.basis.value
        elif metric is not None:
            yield _row(label(name), metric)


def _energy(report: Report) -> Iterator[tuple[str, ...]]:
    for name in energy_components(report.metrics):
        if report.metrics[name].value != 0:
            yield _row(label(name), report.metrics[name])


def _row(name: str, metric: Metric) -> tuple[str, ...]:
    ends = ("", "")
    if metric.low != metric.high:
        ends = (amount(metric, metric.low), amount(metric, metric.high))
    return name, amount(metric, metric.value), *ends, metric.basis.value


def _distributions(report: Report) -> Iterator[tuple[str, ...]]:
    for name in (*DISTRIBUTED, *WITH_EXIT):
        metrics = [report.metrics.get(statistic_name(name, s)) for s in STATISTICS]
        known = [metric for metric in metrics if metric is not None]
        if known:
            yield label(name), *map(with_interval, known)


def _layers(report: Report) -> Iterator[tuple[str, ...]]:
    total = sum(layer.metrics["synops_hw"].value or 0.0 for layer in report.layers)
    for layer in report.hottest(_MOST_LAYERS):
        synops = layer.metrics["synops_hw"].value or 0.0
        yield (
            layer.name,
            count(synops),
            percent(synops / total) if total else "",
            count(layer.metrics["spikes"].value),
            with_interval(layer.metrics["energy_dynamic_j"]),
            percent(layer.quantisation.weight_error) if layer.quantisation else "",
        )
