"""Energy by several models side by side, as an ANN, and whether spikes pay."""

from collections.abc import Iterator

from neurodeploy.report.energy_models.estimate import EnergyEstimate
from neurodeploy.report.metric import Metric
from neurodeploy.report.render.html.element import Html, tag
from neurodeploy.report.render.html.section import section
from neurodeploy.report.render.html.shown import shown
from neurodeploy.report.render.html.table import Column, folded, table
from neurodeploy.report.report import Report

_TEXT = "text"
_LONG = "text long"
_ENERGIES = (
    Column(title="model", kind=_TEXT),
    Column(title="constants", kind=_TEXT),
    Column(title="nominal"),
    Column(title="low"),
    Column(title="high"),
    Column(title="what it charges", kind=_LONG),
)
_RATIOS = (
    Column(title="model", kind=_TEXT),
    Column(title="constants", kind=_TEXT),
    Column(title="ANN over spikes"),
    Column(title="low"),
    Column(title="high"),
    Column(title="its break-even", kind=_TEXT),
)
_BREAK_EVENS = (
    Column(title="break-even", kind=_TEXT),
    Column(title="found"),
    Column(title="limit"),
    Column(title="low"),
    Column(title="high"),
    Column(title="do spikes pay?", kind=_TEXT),
    Column(title="rule of the limit", kind=_LONG),
)


def models_section(report: Report) -> Html:
    """Return every estimate of the energy models, none of which is the truth."""
    models = report.energy_models
    every = (*models.spiking, *models.artificial)
    return section(
        "models",
        "Energy by other models",
        "The same run priced by published rules, and the same connections as an ANN in one dense "
        "pass. No one of them is the truth: each leaves something out.",
        tag("h3", {}, "As deployed"),
        table("Energy by model, as deployed", _ENERGIES, _energies("spiking", models.spiking)),
        *_as_ann(report),
        tag("h3", {}, "Do spikes pay?"),
        table("Break-even of spikes", _BREAK_EVENS, _break_evens(report)),
        tag("ul", {"class": "remarks faint"}, *(tag("li", {}, line) for line in models.remarks)),
        folded("What each model leaves out", _omissions(every)),
    )


def _as_ann(report: Report) -> tuple[Html, ...]:
    models = report.energy_models
    if not models.artificial:
        return ()
    return (
        tag("h3", {}, "As an ANN, one dense pass"),
        table("Energy by model, as an ANN", _ENERGIES, _energies("artificial", models.artificial)),
        tag("h3", {}, "Ratio of the two"),
        table("Energy as an ANN over energy as deployed", _RATIOS, _ratios(report)),
    )


def _energies(holder: str, found: tuple[EnergyEstimate, ...]) -> Iterator[tuple[str, ...]]:
    for k, estimate in enumerate(found):
        path = f"energy_models.{holder}.{k}.energy"
        yield estimate.name, estimate.constants, *_ends(estimate.energy, path), estimate.rule


def _ratios(report: Report) -> Iterator[tuple[str, ...]]:
    for k, found in enumerate(report.energy_models.ratios):
        path = f"energy_models.ratios.{k}.ratio"
        yield found.name, found.constants, *_ends(found.ratio, path), found.break_even


def _break_evens(report: Report) -> Iterator[tuple[str, ...]]:
    for k, found in enumerate(report.energy_models.break_evens):
        path = f"energy_models.break_evens.{k}"
        yield (
            found.name,
            shown(found.found, f"{path}.found"),
            *_ends(found.limit, f"{path}.limit"),
            found.verdict,
            found.rule,
        )


def _ends(metric: Metric, path: str) -> tuple[Html, Html, Html]:
    return (
        shown(metric, path),
        shown(metric, path, "low", focus=False),
        shown(metric, path, "high", focus=False),
    )


def _omissions(estimates: tuple[EnergyEstimate, ...]) -> Html:
    named: dict[str, list[str]] = {}
    for estimate in estimates:
        line = "; ".join(estimate.leaves_out)
        named.setdefault(line, []).append(f"{estimate.name} ({estimate.constants})")
    items = [
        item
        for line, names in named.items()
        for item in (tag("dt", {}, ", ".join(names)), tag("dd", {}, line))
    ]
    return tag("dl", {"class": "stacked"}, *items)
