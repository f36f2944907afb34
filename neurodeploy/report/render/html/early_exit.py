"""What stopping early gave: who stops when, what it costs in accuracy, and what it saves."""

from collections.abc import Iterator, Mapping

from neurodeploy.report.early_exit.noun import Answers, EarlyExit
from neurodeploy.report.metric import Metric
from neurodeploy.report.render.html.element import Html, joined, tag
from neurodeploy.report.render.html.plot import canvas
from neurodeploy.report.render.html.section import section
from neurodeploy.report.render.html.shown import exact_share, share, shown
from neurodeploy.report.render.html.table import Column, folded, table
from neurodeploy.report.render.words import count, label, percent, policy_text
from neurodeploy.report.report import Report

_WIDTH, _HEIGHT = 1000.0, 100.0
_MOST_BARS = 100
_SAVED = {
    "energy_dynamic_j": "exit_saving_dynamic",
    "energy_static_j": "exit_saving_static",
    "energy_total_j": "exit_saving_total",
    "latency_s": "exit_saving_latency",
}
_SHARES = (
    ("synaptic operations", "exit_synops_at_once", "exit_synops_depth", "exit_synops_share"),
    ("dynamic energy", "exit_dynamic_at_once", "exit_dynamic_depth", "exit_dynamic_share"),
)


def early_exit_section(report: Report) -> Html:
    """Return the comparison with every step run; nothing where there is no policy."""
    found = report.early_exit
    if found is None:
        return joined()
    plots = [_histogram(found), *([] if found.answers is None else [_curve(found, report)])]
    return section(
        "exit",
        "Early exit",
        f"{policy_text(found.policy)}. The same {report.n_samples:,} samples were run with exit "
        "and to their last step. Steps are those in which the output says something, from 1.",
        *(tag("p", {"class": "note"}, note) for note in found.notes[:-2]),
        tag("div", {"class": "plots"}, *plots),
        table("Answers and steps with exit", _FACT_COLUMNS, _facts(report)),
        tag("h3", {}, "Costs of an inference"),
        table("Costs with exit and without", _COST_COLUMNS, _costs(report, found)),
        tag("h3", {}, "What depth costs"),
        tag(
            "p",
            {"class": "lead"},
            f"The output lags {found.pipeline_steps} steps behind the stimulus: while it decides, "
            "the layers before it work on. Shares of what every step costs.",
        ),
        table("Shares of the whole run", _SHARE_COLUMNS, _shares(report)),
        tag("h3", {}, "Samples one after the other"),
        table("Ways to go on after an exit", _OPERATION_COLUMNS, _operations(found)),
        *(tag("p", {"class": "faint"}, _sentence(note)) for note in found.notes[-2:]),
        *_tables(found),
    )


_FACT_COLUMNS = (Column(title="", kind="text"), Column(title="with exit"), Column(title="in full"))
_COST_COLUMNS = (
    Column(title="", kind="text"),
    Column(title="every step"),
    Column(title="with exit"),
    Column(title="saved"),
)
_SHARE_COLUMNS = (
    Column(title="", kind="text"),
    Column(title="if layers stopped at once"),
    Column(title="depth, checks"),
    Column(title="charged"),
)
_OPERATION_COLUMNS = (
    Column(title="", kind="text"),
    Column(title="energy a sample"),
    Column(title="period"),
    Column(title="throughput"),
)


def _facts(report: Report) -> Iterator[tuple[str, ...]]:
    metrics, found = report.metrics, report.early_exit
    assert found is not None
    rows = (
        ("accuracy", "accuracy", "exit_accuracy_full"),
        ("accuracy of the samples that stop early", "exit_accuracy_early", ""),
        ("right in full, wrong with exit", "exit_right_to_wrong", ""),
        ("wrong in full, right with exit", "exit_wrong_to_right", ""),
        ("false exits among the early", "exit_false_rate", ""),
        ("false exits, upper end of 95 %", "exit_false_rate_high", ""),
        ("samples that never stop early", "exit_never_fraction", ""),
    )
    for text, own, full in rows:
        if own in metrics:
            yield text, _percent(metrics, own), _percent(metrics, full) if full else ""
    if "exit_worst_class_drop_pp" in metrics:
        worst = metrics["exit_worst_class_drop_pp"]
        yield f"points lost by {worst.note}", shown(worst, "metrics.exit_worst_class_drop_pp"), ""
    mean = tag(
        "span", {"data-metric": "metrics.exit_step.value"}, f"{metrics['exit_step'].value:.3f}"
    )
    yield "steps, mean", mean, str(len(found.steps))
    for name in ("exit_step_p50", "exit_step_p95", "exit_step_p99", "exit_step_max"):
        text = "steps, most" if name.endswith("max") else f"steps, {name[-3:]}"
        yield text, shown(metrics[name], f"metrics.{name}", focus=False), ""
    for text, name in (
        ("steps of an oracle that knows the labels", "exit_oracle_step"),
        ("its average from the accuracies by step (AET)", "exit_oracle_aet"),
    ):
        if name in metrics:
            value = metrics[name].value or 0.0
            yield text, tag("span", {"data-metric": f"metrics.{name}.value"}, f"{value:.3f}"), ""


def _percent(metrics: Mapping[str, Metric], name: str) -> Html:
    return exact_share(metrics[name].value, f"metrics.{name}.value")


def _costs(report: Report, found: EarlyExit) -> Iterator[tuple[str, ...]]:
    synops = report.metrics.get("exit_synops_share")
    if synops is not None and synops.value is not None:
        yield (
            "synaptic operations",
            "",
            shown(report.metrics["synops_hw"], "metrics.synops_hw"),
            percent(1 - synops.value),
        )
    for k, saving in enumerate(found.savings):
        name = _SAVED.get(saving.name)
        yield (
            label(saving.name) if saving.name != "energy_dynamic_j" else "dynamic energy",
            shown(saving.full, f"early_exit.savings.{k}.full"),
            shown(saving.with_exit, f"early_exit.savings.{k}.with_exit"),
            "" if name is None else _percent_of(report.metrics[name], name),
        )


def _percent_of(metric: Metric, name: str) -> Html:
    text = share(metric.value, f"metrics.{name}.value")
    if metric.low is None or metric.high is None or metric.low == metric.high:
        return text
    ends = f" ({percent(metric.low)} to {percent(metric.high)})"
    return joined(text, tag("span", {"class": "faint"}, ends))


def _shares(report: Report) -> Iterator[tuple[str, ...]]:
    for text, *names in _SHARES:
        if all(name in report.metrics for name in names):
            yield (text, *(_percent_of(report.metrics[name], name) for name in names))


def _operations(found: EarlyExit) -> Iterator[tuple[str, ...]]:
    for k, one in enumerate(found.operations):
        path = f"early_exit.operations.{k}"
        yield (
            one.name,
            shown(one.energy, f"{path}.energy"),
            shown(one.period, f"{path}.period"),
            shown(one.throughput, f"{path}.throughput"),
        )


def _histogram(found: EarlyExit) -> Html:
    held = _grouped(found.steps)
    most, width = max(held), _WIDTH / len(held)
    bars = [
        tag(
            "rect",
            {
                "class": "bin",
                "x": k * width,
                "y": _HEIGHT * (1 - n / most),
                "width": width,
                "height": _HEIGHT * n / most,
            },
        )
        for k, n in enumerate(held)
    ]
    return _figure("Samples by the step they stop", f"{count(most)} samples", bars, found)


def _grouped(steps: tuple[int, ...]) -> list[int]:
    size = -(-len(steps) // _MOST_BARS)
    return [sum(steps[first : first + size]) for first in range(0, len(steps), size)]


def _curve(found: EarlyExit, report: Report) -> Html:
    """Return accuracy over mean steps: of other thresholds a line, of fixed steps crosses."""
    answers, n_steps = found.answers, len(found.steps)
    assert answers is not None
    accuracy = report.metrics["accuracy"].value or 0.0
    values = (*answers.by_step, *(point.accuracy for point in answers.curve), accuracy)
    low, high = min(values), max(values)
    span = (high - low) or 1.0

    def at(step: float, value: float) -> tuple[float, float]:
        return _WIDTH * (step - 1) / max(n_steps - 1, 1), _HEIGHT * (1 - (value - low) / span)

    line = [at(point.mean_step, point.accuracy) for point in reversed(answers.curve)]
    path = "M" + "L".join(f"{x:.2f} {y:.2f}" for x, y in line) if line else ""
    fixed = [at(n, value) for n, value in enumerate(answers.by_step, start=1)]
    x, y = at(report.metrics["exit_step"].value or 1.0, accuracy)
    shapes = [
        tag("path", {"class": "edge fixed", "d": _polyline(fixed)}),
        tag("path", {"class": "edge chosen", "d": path}),
        tag("line", {"class": "mark", "x1": x, "x2": x, "y1": 0.0, "y2": _HEIGHT}),
        tag("line", {"class": "mark", "x1": 0.0, "x2": _WIDTH, "y1": y, "y2": y}),
    ]
    top = f"{100 * low:.2f} to {100 * high:.2f} % right; dashed: the same steps for every sample"
    return _figure("Accuracy over mean steps, by threshold", top, shapes, found)


def _polyline(points: list[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{x:.2f} {y:.2f}" for x, y in points)


def _figure(title: str, top: str, shapes: list[Html], found: EarlyExit) -> Html:
    return tag(
        "figure",
        {"class": "plot"},
        tag("figcaption", {}, title),
        tag("div", {"class": "top faint"}, top),
        canvas("tall", *shapes),
        tag(
            "div",
            {"class": "ends faint"},
            tag("span", {}, "step 1"),
            tag("span", {}, f"step {len(found.steps)}"),
        ),
    )


def _tables(found: EarlyExit) -> Iterator[Html]:
    columns = [Column(title="step", kind="text"), Column(title="samples that stop")]
    by_step: tuple[float, ...] = () if found.answers is None else found.answers.by_step
    if by_step:
        columns.append(Column(title="accuracy if all stopped"))
    rows = [
        (str(n + 1), count(held), *([f"{100 * by_step[n]:.2f} %"] if by_step else []))
        for n, held in enumerate(found.steps)
    ]
    tables = [table("Samples by step", columns, rows)]
    if found.answers is not None and found.answers.curve:
        tables.append(_thresholds(found.answers))
    yield folded("Tables of the plots", *tables)


def _thresholds(answers: Answers) -> Html:
    columns = (
        Column(title="threshold", kind="text"),
        Column(title="accuracy"),
        Column(title="mean steps"),
    )
    rows = [
        (f"{p.threshold:.6g}", f"{100 * p.accuracy:.2f} %", f"{p.mean_step:.2f}")
        for p in answers.curve
    ]
    return table("Other thresholds on these samples", columns, rows)


def _sentence(note: str) -> str:
    return f"{note[0].upper()}{note[1:]}."
