"""What `neurodeploy tune` prints."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from neurodeploy.cli import output
from neurodeploy.cli.modelled_text import interval, sources

if TYPE_CHECKING:
    from neurodeploy.learning.tuning.bench import Bench
    from neurodeploy.learning.tuning.point import Point, Tuned
    from neurodeploy.report.metric import Metric


def print_search(
    search: "Tuned", bench: "Bench", trials: int, commands: Mapping[int, str], out: Path
) -> None:
    """Print the front, the network as it was, and how to make each point."""
    n_done = len(search.points)
    output.heading(f"{n_done} trials on {_samples(bench)}")
    if n_done < trials:
        output.say(f"{trials - n_done} more are to do: the same command goes on")
    _print_outside(search)
    if search.front:
        _print_front(search)
        output.heading("Each of them again")
        for number, command in commands.items():
            output.say(f"{number:03d}: {command}")
    output.say(
        "\nThe front was chosen on these samples: its accuracy on them is the better for it. "
        "Test it on data that no trial has seen."
    )
    output.say(f"Wrote {out}/: tune.json, tune.html, best, networks")


def print_point(point: "Point", bench: "Bench") -> None:
    """Print what one point does."""
    from neurodeploy.learning.tuning.apply import as_text
    from neurodeploy.report.metric import Basis

    output.heading(f"{as_text(point.settings)}, on {_samples(bench)}")
    if point.refusal:
        output.say(f"does not compile: {point.refusal}")
        return
    exact = [(n, _value(m)) for n, m in point.metrics.items() if m.basis is Basis.EXACT]
    output.table(("counted", "exact"), exact)
    _print_modelled(point, list(point.metrics))


def _print_modelled(point: "Point", names: list[str]) -> None:
    from neurodeploy.report.metric import Basis

    modelled = [(name, point.metrics[name]) for name in names]
    modelled = [(name, m) for name, m in modelled if m.basis is Basis.MODELLED]
    if not modelled:
        return
    output.say()
    output.table(
        ("modelled, not measured", "low", "nominal", "high"),
        [(name, *interval(metric)) for name, metric in modelled],
    )
    output.say(f"sources: {sources(metric for _, metric in modelled)}")


def _samples(bench: "Bench") -> str:
    parts = bench.parts
    n_samples = parts.validation.n_samples
    return f"{n_samples} validation samples of {parts.validation.where}, in integers"


def _print_outside(search: "Tuned") -> None:
    refused = [point for point in search.points if point.refusal]
    over = sum(not point.fits and not point.refusal for point in search.points)
    if refused:
        output.say(f"{len(refused)} did not compile, the first because: {refused[0].refusal}")
    if over:
        output.say(f"{over} are outside the budget")
    if not search.front:
        output.say("no trial keeps the budget: loosen it, widen --tune, or add --trials")


def _print_front(search: "Tuned") -> None:
    names = [objective.metric for objective in search.objectives]
    keys = list(search.points[0].settings)
    points = [search.points[number] for number in search.front]
    rows = [_row(f"{point.number:03d}", point, keys, names) for point in points]
    first = search.points[0]
    if first.number not in search.front and not first.refusal:
        rows.append(_row("000, first", first, keys, names))
    output.table(("trial", *keys, *names), rows)
    _print_modelled(points[0], names)


def _row(label: str, point: "Point", keys: list[str], names: list[str]) -> tuple[str, ...]:
    settings = (f"{point.settings[key]:g}" for key in keys)
    return (label, *settings, *(_value(point.metrics[name]) for name in names))


def _value(metric: "Metric") -> str:
    if metric.unit == "1" and metric.value is not None and metric.value < 1:
        return f"{metric.value:.4g}"
    return (
        output.number(metric.value) if metric.unit == "1" else output.si(metric.value, metric.unit)
    )
