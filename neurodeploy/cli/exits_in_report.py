"""What a report says of early exits, as text."""

from typing import TYPE_CHECKING

from neurodeploy.cli import output
from neurodeploy.cli.modelled_text import interval

if TYPE_CHECKING:
    from neurodeploy.report.early_exit.noun import EarlyExit
    from neurodeploy.report.metric import Metric
    from neurodeploy.report.report import Report

_SHARES = (
    ("synaptic operations", "synops"),
    ("dynamic energy", "dynamic"),
)
_SAVINGS = {
    "exit_saving_dynamic": "dynamic energy",
    "exit_saving_static": "static energy",
    "exit_saving_total": "total energy, back to back",
    "exit_saving_race_to_idle": "total energy, race to idle",
    "exit_saving_latency": "latency",
}


def print_early_exit(report: "Report") -> None:
    """Print what stopping early gave, against every step of the same samples."""
    from neurodeploy.report.render.words import policy_text

    found = report.early_exit
    if found is None:
        return
    output.heading("Early exit, against every step of the same samples")
    output.say(f"{policy_text(found.policy)}.")
    _print_steps(report, found)
    _print_answers(report, found)
    _print_shares(report, found)
    output.table(
        ("saved, modelled", "low", "nominal", "high"),
        [
            (text, *_percents(report.metrics[name]))
            for name, text in _SAVINGS.items()
            if report.metrics[name].value is not None
        ],
    )
    output.table(
        ("modelled for one sample", "low", "nominal", "high"),
        [(f"energy, {one.name}", *interval(one.energy)) for one in found.operations]
        + [(f"period, {one.name}", *interval(one.period)) for one in found.operations],
    )
    for note in found.notes:
        output.say(f"note: {note}")


def _print_steps(report: "Report", found: "EarlyExit") -> None:
    metrics = report.metrics
    ends = [output.number(metrics[f"exit_step_{s}"].value) for s in ("p50", "p95", "p99", "max")]
    output.say(
        f"steps: mean {metrics['exit_step'].value:.3f} of {len(found.steps)}; p50 {ends[0]}, "
        f"p95 {ends[1]}, p99 {ends[2]}, most {ends[3]}; "
        f"{_percent(metrics['exit_never_fraction'])} never stop early"
    )
    output.say(f"pipeline: the output lags {found.pipeline_steps} steps behind, charged to all")


def _print_answers(report: "Report", found: "EarlyExit") -> None:
    from neurodeploy.cli.exit_text import share_text

    if found.answers is None:
        output.say("accuracy: unknown, the samples have no labels")
        return
    metrics, outcome, oracle = report.metrics, found.answers.outcome, found.answers.oracle
    output.say(
        f"accuracy: {_percent(metrics['accuracy'])}, every step "
        f"{_percent(metrics['exit_accuracy_full'])}; by step "
        + ", ".join(f"{n}: {100 * a:.2f} %" for n, a in _by_step(found.answers.by_step))
    )
    if outcome.early_accuracy is not None:
        output.say(f"accuracy of those that stop early: {100 * outcome.early_accuracy:.2f} %")
    output.say(f"right to wrong: {share_text(outcome.right_to_wrong)}")
    output.say(f"false exits among the early: {share_text(outcome.false_exits)}")
    output.say(
        f"class that loses most: {outcome.worst_class}, {outcome.worst_class_drop_pp:.2f} points"
    )
    output.say(
        f"oracle: {oracle.least_step:.2f} steps if labels were known, AET {oracle.aet:.2f}; "
        f"{100 * oracle.unsteady:.2f} % are right at one step and wrong at a later one"
    )


def _by_step(values: tuple[float, ...], n_shown: int = 8) -> list[tuple[int, float]]:
    """Return some steps and their accuracies, the first and the last among them."""
    last = len(values) - 1
    chosen = dict.fromkeys(round(k * last / (n_shown - 1)) for k in range(n_shown))
    return [(k + 1, values[k]) for k in chosen]


def _print_shares(report: "Report", found: "EarlyExit") -> None:
    metrics = report.metrics
    rows = []
    for text, name in _SHARES:
        parts = [metrics.get(f"exit_{name}_{part}") for part in ("at_once", "depth", "share")]
        known = [part for part in parts if part is not None and part.value is not None]
        if len(known) == len(parts):
            rows.append((text, *(f"{part.value:.3f}" for part in known)))
    if rows:
        depth = f"depth of {found.pipeline_steps}, checks"
        output.table(("of every step's", "layers stop at once", depth, "charged"), rows)


def _percent(metric: "Metric") -> str:
    return f"{100 * (metric.value or 0):.2f} %"


def _percents(metric: "Metric") -> tuple[str, ...]:
    return tuple(
        "unknown" if value is None else f"{100 * value:.1f} %"
        for value in (metric.low, metric.value, metric.high)
    )
