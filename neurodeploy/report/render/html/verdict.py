"""The first thing on the page: does it fit, what binds, what must be known, and the headline."""

from collections.abc import Iterator

from neurodeploy.report.bottleneck import role
from neurodeploy.report.metric import Metric, statistic_name
from neurodeploy.report.render.html.element import Html, joined, tag
from neurodeploy.report.render.html.shown import share, shown, whole
from neurodeploy.report.render.words import (
    interval,
    is_lower_bound,
    label,
    limit_label,
    percent,
    plural,
    provenance,
    verdict,
)
from neurodeploy.report.report import Report

_CARDS = (
    "energy_total_j",
    "latency_s",
    "synops_hw",
    "power_w",
    "energy_per_synop_j",
    "throughput_hz",
)


def verdict_block(report: Report) -> Html:
    """Return verdict, binding limits, notes and headline figures."""
    return tag(
        "section",
        {"id": "verdict", "aria-labelledby": "verdict-title"},
        tag(
            "h2",
            {"id": "verdict-title", "class": "verdict"},
            _mark(report),
            f" {verdict(report)}",
        ),
        *(tag("p", {"class": "note fail", "role": "note"}, f"Fails: {f}") for f in report.failures),
        tag("ul", {"class": "binding"}, *_binding(report)),
        *(tag("p", {"class": "note", "role": "note"}, f"Note: {note}") for note in report.notes),
        tag("div", {"class": "cards"}, *_cards(report)),
        _basis(report),
    )


def _mark(report: Report) -> Html:
    failed = bool(report.failures)
    kind = "tick cross" if failed else "tick"
    return tag("span", {"class": kind, "aria-hidden": "true"}, "✗" if failed else "✓")


def _binding(report: Report) -> Iterator[Html]:
    binding = report.binding
    if binding.resource is not None:
        full = binding.resource
        yield _line(
            f"Fullest resource: {limit_label(full.limit_name)}, {percent(full.share)} used (",
            whole(full.used, "binding.resource.used"),
            " of ",
            whole(full.limit, "binding.resource.limit"),
            ") on core ",
            whole(full.core, "binding.resource.core"),
        )
    if binding.layer_share is not None:
        yield _line(
            "Busiest layer: ",
            tag("strong", {}, binding.layer),
            ", ",
            share(binding.layer_share, "binding.layer_share"),
            " of all synaptic operations",
        )
    if len(report.cores) > 1 and binding.core_share is not None:
        what = "busy time" if binding.load == "busy_s" else "synaptic operations"
        yield _line(
            "Busiest core: ",
            whole(binding.core, "binding.core"),
            ", ",
            share(binding.core_share, "binding.core_share"),
            f" of the {what} of all {len(report.cores)} {plural('core', len(report.cores))}; "
            f"an even share would be {percent(1 / len(report.cores))}",
        )

    if report.bottlenecks:
        first = report.bottlenecks[0]
        yield _line(
            f"{role(report.fidelity).capitalize()}: ",
            tag("strong", {}, first.unit),
            ", in ",
            share(first.share, "bottlenecks.0.share"),
            " of the steps",
        )


def _line(*content: str) -> Html:
    return tag("li", {}, *content)


def _cards(report: Report) -> Iterator[Html]:
    accuracy = report.metrics.get("accuracy")
    if accuracy is not None:
        text = f"accuracy: {provenance(accuracy)}"
        value = tag(
            "span",
            {
                "class": "fig",
                "tabindex": "0",
                "data-metric": "metrics.accuracy.value",
                "data-as": "percent",
                "data-tip": text,
            },
            f"{100 * (accuracy.value or 0.0):.2f}\N{NARROW NO-BREAK SPACE}%",
        )
        yield _card("accuracy", value, f"of {report.n_samples:,} samples, {accuracy.basis.value}")
    for name in _CARDS:
        metric = report.metrics.get(name)
        if metric is not None:
            yield _card(label(name), shown(metric, f"metrics.{name}"), _below(report, metric, name))


def _below(report: Report, metric: Metric, name: str) -> Html:
    if metric.value is None:
        return joined(metric.note)
    tail = report.metrics.get(statistic_name(name, "p99"))
    worst = []
    if tail is not None:
        path = f"metrics.{statistic_name(name, 'p99')}"
        worst.append(tag("div", {}, "p99 ", shown(tail, path, focus=False)))
    bound = [tag("div", {}, "a lower bound, terms are missing")] if is_lower_bound(metric) else []
    return joined(tag("div", {}, interval(metric) or metric.basis.value), *worst, *bound)


def _card(title: str, value: Html, below: str) -> Html:
    return tag(
        "div",
        {"class": "card"},
        tag("div", {"class": "name"}, title),
        tag("div", {"class": "value"}, value),
        tag("div", {"class": "below"}, below),
    )


def _basis(report: Report) -> Html:
    lines = [
        "Per inference, mean over samples. Counts are exact; energy, time and power are modelled, "
        "none of them measured: nominal value above, low to high below. Hover over a figure, or "
        "tab to it, for its source.",
    ]
    if report.missing:
        lines.append(f"Not in these figures: {', '.join(report.missing)}.")
    return joined(*(tag("p", {"class": "faint"}, line) for line in lines))
