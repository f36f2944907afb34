"""A ``budget.toml`` written from a report: every figure it knows, and a margin."""

import json
import re
from collections.abc import Iterator
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from neurodeploy.regression.amount import rounded_down, rounded_up, shown, unrounded
from neurodeploy.regression.budget import Estimate
from neurodeploy.regression.end import end_of
from neurodeploy.regression.figures import Figures
from neurodeploy.regression.section import Section, names_in
from neurodeploy.report.metric import REGISTRY, Basis, Better, Metric

_PIECES = ("cores", "synapses")
_OF_LAYERS = ("synops_hw", "synops_effective", "spikes")


def draft(figures: Figures, margin: Decimal, estimate: Estimate) -> str:
    """Return a budget that `figures` keep, with room for `margin` more of each figure.

    Of an accuracy the share of wrong answers may grow by `margin`. What is unknown stands as a
    comment, and nothing is invented for it.

    Parameters
    ----------
    margin : a share, not negative.
    """
    return "\n".join(_lines(figures, margin, estimate)) + "\n"


def _lines(figures: Figures, margin: Decimal, estimate: Estimate) -> Iterator[str]:
    percent = f"{(100 * margin).normalize():f}"
    yield f"# Made from {figures.where} with a margin of {percent} %; each figure stands behind."
    yield "# A text has a unit; a bare number is in the unit of the name."
    yield f"# Report: {figures.n_samples} samples of {figures.n_steps} steps, {figures.stimulus}."
    yield ""
    yield "[budget]"
    yield f"chip = {_quoted(figures.chip)}"
    yield f"estimate = {_quoted(estimate.value)}  # of an interval: low, nominal or high"
    yield "strict = false  # true: a limit without a figure fails"
    for section in Section:
        lines = [
            line for name in names_in(section) for line in _metric(figures, name, margin, estimate)
        ]
        if section is Section.RESOURCES:
            lines += _per_core(figures, margin)
        if lines:
            yield f"\n[budget.{section.value}]"
            yield from lines
    for layer in figures.layers:
        yield f"\n[budget.layers.{_key(layer.name)}]"
        for name in _OF_LAYERS:
            if name in layer.metrics:
                yield from _limited(layer.metrics[name], name, margin, estimate)


def _metric(figures: Figures, name: str, margin: Decimal, estimate: Estimate) -> Iterator[str]:
    if name in figures.metrics and REGISTRY[name].better is not Better.NEITHER:
        yield from _limited(figures.metrics[name], name, margin, estimate)


def _limited(metric: Metric, name: str, margin: Decimal, estimate: Estimate) -> Iterator[str]:
    value = end_of(metric, name, estimate)
    if value is None:
        yield f"# {name}: unknown: {' '.join(metric.note.split())}"
        return
    text = _with_margin(name, Decimal(repr(value)), margin)
    limit = text if metric.unit == "1" else _quoted(text)
    yield f"{name} = {limit}  # {_origin(metric)}"


def _with_margin(name: str, value: Decimal, margin: Decimal) -> str:
    unit = REGISTRY[name].unit
    if not margin or not value:
        return unrounded(float(value), unit)
    if name in _PIECES:  # 1.1 cores are one
        return f"{(value * (1 + margin)).to_integral_value(rounding=ROUND_FLOOR)}"
    if REGISTRY[name].better is Better.LOWER:
        return rounded_up(float(value * (1 + margin)), unit)
    least = 1 - (1 - value) * (1 + margin) if name == "accuracy" else value * (1 - margin)
    return rounded_down(max(float(least), 0.0), unit)


def _origin(metric: Metric) -> str:
    if metric.basis is Basis.EXACT:
        return f"{shown(metric.value, metric.unit)}, {metric.source}"
    low, value, high = (shown(v, metric.unit) for v in (metric.low, metric.value, metric.high))
    return f"{low} .. {value} .. {high}, {metric.basis.value}: {metric.source}"


def _per_core(figures: Figures, margin: Decimal) -> Iterator[str]:
    for name, found in figures.resources.items():
        most = (found.used * (1 + margin)).to_integral_value(rounding=ROUND_CEILING)
        limit = most if found.limit is None else min(most, Decimal(found.limit))
        of = "" if found.limit is None else f" of {found.limit:,}"
        limit = max(limit, Decimal(found.used))
        yield f"{name} = {limit}  # {found.used:,}{of} on core {found.core}, counted"


def _key(text: str) -> str:
    return text if re.fullmatch(r"[A-Za-z0-9_-]+", text) else _quoted(text)


def _quoted(text: str) -> str:
    """Return a TOML string; its escapes are JSON's."""
    return json.dumps(text, ensure_ascii=False)
