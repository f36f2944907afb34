"""Print modelled figures: none without its low and high end, and under each table its sources."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from neurodeploy.cli import output

if TYPE_CHECKING:
    from neurodeploy.report.energy_models.estimate import EnergyEstimate, EnergyModels
    from neurodeploy.report.metric import Metric


def interval(metric: "Metric") -> tuple[str, str, str]:
    """Return low, nominal and high with their unit."""
    ends = (metric.low, metric.value, metric.high)
    if metric.unit != "1":
        low, value, high = (output.si(end, metric.unit) for end in ends)
        return low, value, high
    low, value, high = ("unknown" if end is None else f"{end:.3g}" for end in ends)
    return low, value, high


def with_interval(metric: "Metric | None") -> str:
    """Return a figure for a table's cell; a modelled one with its low and high ends below it."""
    if metric is None:
        return "none"
    low, value, high = interval(metric)
    if metric.basis == "exact":
        return output.number(metric.value) if abs(metric.value or 0) >= 1 else value
    return value if metric.value is None else f"{value}\n{low} to {high}"


def sources(metrics: Iterable["Metric"]) -> str:
    """Return the names of everything behind `metrics`, each once."""
    from neurodeploy.report.render.words import sources_line

    return sources_line(metrics)


def print_energy_models(models: "EnergyModels") -> None:
    """Print every model's energy, the ratios to an ANN, and the break-evens beside them."""
    estimates = (*models.spiking, *models.artificial)
    output.heading("Energy per inference by model; none of them is measured")
    output.table(
        ("model", "constants", "low", "nominal", "high"),
        [(each.name, each.constants, *interval(each.energy)) for each in estimates],
        left=2,
    )
    if models.ratios:
        _print_ratios(models)
    output.say()
    for name, group in _by_name(estimates).items():
        notes = dict.fromkeys(each.energy.note for each in group if each.energy.note)
        output.say(f"{name}: {group[0].rule}")
        output.say(f"  {'; '.join(notes)}; sources: {sources(each.energy for each in group)}")
        output.say(f"  leaves out: {'; '.join(group[0].leaves_out)}")
    output.say("the sources in full: `sources` in report.json")
    for remark in models.remarks:
        output.say(f"note: {remark}")


def _print_ratios(models: "EnergyModels") -> None:
    output.heading("Energy as an ANN, one dense pass, over the energy of this network")
    output.table(
        ("model", "constants", "low", "nominal", "high"),
        [(each.name, each.constants, *interval(each.ratio)) for each in models.ratios],
        left=2,
    )
    output.heading("Break-even: where spikes begin to pay")
    output.table(
        ("", "found", "low", "nominal", "high", "verdict"),
        [
            (each.name, f"{each.found.value:.3g}", *interval(each.limit), each.verdict)
            for each in models.break_evens
            if each.found.value is not None
        ],
    )
    limits = [each.limit for each in models.break_evens]
    printed = (*limits, *(each.ratio for each in models.ratios))
    notes = dict.fromkeys(metric.note for metric in printed if metric.note)
    output.say(f"ratios and limits: {'; '.join(notes)}; sources: {sources(printed)}")
    for rule, names in _rules(models).items():
        output.say(f"{', '.join(names)}: {rule}")


def _rules(models: "EnergyModels") -> Mapping[str, list[str]]:
    found: dict[str, list[str]] = {}
    for each in models.break_evens:
        found.setdefault(each.rule, []).append(each.name)
    return found


def _by_name(estimates: Iterable["EnergyEstimate"]) -> Mapping[str, list["EnergyEstimate"]]:
    found: dict[str, list[EnergyEstimate]] = {}
    for each in estimates:
        found.setdefault(each.name, []).append(each)
    return found
