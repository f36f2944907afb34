"""Why figures differ from the baseline's: where each moved most, and where the change starts."""

from collections.abc import Iterator
from typing import Any

from neurodeploy.regression.amount import shown
from neurodeploy.regression.budget import Estimate
from neurodeploy.regression.figures import Figures, Layer
from neurodeploy.regression.parts import parts_of
from neurodeploy.report.metric import REGISTRY, Basis, figure_of

_WORK = "synops_hw"
_OF_THE_WHOLE = "accuracy"
"""What no layer has a part of."""

_OF_WHERE_IT_LIES = frozenset({"messages", "messages_in", "hops"})
"""Counts of a layer that its place moves, and that of the layers around it."""


def cause(before: Figures, now: Figures, name: str, layer: str | None = None) -> str:
    """Return the layer or component that explains most of a figure's change, or nothing.

    What no layer has (time, power, cores) follows the layer whose operations changed most.
    """
    old, new = before.metric(name, layer), now.metric(name, layer)
    if old is None or new is None or old.value == new.value:
        return ""
    if layer is not None or name.startswith(_OF_THE_WHOLE):
        return ""
    return _moved_most(before, now, name)


def start(before: Figures, now: Figures) -> str:
    """Return where the change starts: the first layer that differs, in the network's order.

    What lies behind it moves with it. Steps and chip are told too; where nothing counted differs,
    so is that. Returns nothing where all figures are equal.
    """
    if before.metrics == now.metrics and before.layers == now.layers:
        return ""
    lines = [*_first_layer(before, now), *_frame(before, now)]
    if not lines and before.deployment_digest == now.deployment_digest:
        lines = ["the deployment is the same: neurodeploy counts or computes otherwise than before"]
    return "; ".join(lines) or "no layer's counts changed: the chip's page or the placement did"


def change(before: float | None, now: float | None, unit: str) -> str:
    """Return ``before -> now (+x %)``; None is unknown, which is not 0."""
    if not before or now is None:
        return f"{shown(before, unit)} -> {shown(now, unit)}"
    percent = 100 * (now - before) / abs(before)
    return f"{shown(before, unit)} -> {shown(now, unit)} ({percent:+.3g} %)"


def _moved_most(before: Figures, now: Figures, name: str) -> str:
    name = figure_of(name)
    old, new = (parts_of(figures, name, Estimate.NOMINAL) for figures in (before, now))
    if not old and not new:
        name = _WORK
        old, new = (parts_of(figures, name, Estimate.NOMINAL) for figures in (before, now))
    moved = {part: new.get(part, 0.0) - old.get(part, 0.0) for part in (*old, *new)}
    total = sum(moved.values())
    along = {part: delta for part, delta in moved.items() if delta and delta * total >= 0}
    if not along:
        return ""
    part = max(along, key=lambda key: abs(along[key]))
    unit = REGISTRY[name].unit
    share = along[part] / total if total else 0.0
    most = f", {100 * share:.0f} % of the change" if 0 < share < 1 else ""
    title = "energy" if name == "energy_total_j" else name  # of a layer it is the dynamic part
    return f"{part}: {title} {change(old.get(part), new.get(part), unit)}{most}"


def _first_layer(before: Figures, now: Figures) -> Iterator[str]:
    """Yield what is said of the first layer that differs, and of those that are gone."""
    names = [layer.name for layer in now.layers]
    for gone in (layer.name for layer in before.layers if layer.name not in names):
        yield f"layer '{gone}' is gone"
    for layer in now.layers:
        old = before.layer(layer.name)
        if old is None:
            yield f"layer '{layer.name}' is new"
            return
        difference = next(_differences(old, layer), None)
        if difference is not None:
            yield f"the change starts in layer '{layer.name}': {difference}"
            return


def _differences(old: Layer, new: Layer) -> Iterator[str]:
    """Yield how two layers of one name differ, counts first."""
    for name, definition in REGISTRY.items():
        before, now = _count(old, name), _count(new, name)
        if before is not None and now is not None and before != now:
            yield f"{name} {change(before, now, definition.unit)}"
    for fact in old.facts:
        if fact in new.facts and old.facts[fact] != new.facts[fact]:
            yield f"{fact} {_plain(old.facts[fact])} -> {_plain(new.facts[fact])}"


def _count(layer: Layer, name: str) -> float | None:
    """Return what the layer itself decides and what is counted, else None."""
    metric = layer.metrics.get(name)
    if metric is None or metric.basis is not Basis.EXACT or name in _OF_WHERE_IT_LIES:
        return None
    return metric.value


def _frame(before: Figures, now: Figures) -> Iterator[str]:
    if before.n_steps != now.n_steps:
        yield f"steps {before.n_steps} -> {now.n_steps}"
    if before.chip != now.chip:
        yield f"chip {before.chip} -> {now.chip}"


def _plain(fact: Any) -> str:
    return f"{fact:.4g}" if isinstance(fact, float) else str(fact)
