"""`compare`: what changed between two reports, layer by layer, and why one costs more."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import isclose

from neurodeploy.exploration.attribution import attribute
from neurodeploy.regression.figures import Figures, Layer
from neurodeploy.report.metric import REGISTRY, Metric

FACTORS = ("more steps", "more events a step", "more synapses an event")
"""What a layer's synaptic operations are the product of; fewer, where its part is negative."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A metric before and after; None where a report does not have it."""

    name: str
    before: Metric | None
    after: Metric | None

    @property
    def difference(self) -> float | None:
        """After minus before, None where one of them is unknown."""
        old, new = _value(self.before), _value(self.after)
        return None if old is None or new is None else new - old


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerChange:
    """A layer before and after.

    Parameters
    ----------
    changes : every metric of the layer that differs.
    synops : hardware SOPs before and after; 0 where the layer is not there.
    causes : part of the change of the SOPs by factor, adding up to it; empty where the layer is
        new or gone.
    """

    name: str
    changes: tuple[Change, ...]
    synops: tuple[float, float]
    causes: Mapping[str, float]

    @property
    def gained(self) -> float:
        """SOPs after minus before."""
        return self.synops[1] - self.synops[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Two reports held against each other.

    Parameters
    ----------
    settings : what the two do not share, by name: chip, target, input coding, stimulus, ...
    metrics : every metric of the whole network that differs, in the registry's order.
    layers : every layer, those whose SOPs changed most first.
    """

    settings: Mapping[str, tuple[str, str]]
    metrics: tuple[Change, ...]
    layers: tuple[LayerChange, ...]

    def cause(self, name: str) -> LayerChange | None:
        """Return the layer that explains most of the change of a metric that layers have too."""
        moved = [
            (abs(change.difference or 0.0), layer)
            for layer in self.layers
            for change in layer.changes
            if change.name == name
        ]
        return max(moved, key=lambda pair: pair[0])[1] if moved else None


def compare(before: Figures, after: Figures) -> Comparison:
    """Return what differs; layers are matched by name."""
    old = {layer.name: layer for layer in before.layers}
    new = {layer.name: layer for layer in after.layers}
    steps = (before.n_steps, after.n_steps)
    layers = [_layer(name, old.get(name), new.get(name), steps) for name in {**old, **new}]
    return Comparison(
        settings=_settings(before, after),
        metrics=_changes(before.metrics, after.metrics),
        layers=tuple(sorted(layers, key=lambda layer: -abs(layer.gained))),
    )


def _settings(before: Figures, after: Figures) -> dict[str, tuple[str, str]]:
    names = ("chip", "input_coding", "stimulus", "n_samples", "n_steps")
    pairs = {name: (str(getattr(before, name)), str(getattr(after, name))) for name in names}
    pairs["stimulus digest"] = (before.stimulus_digest[:12], after.stimulus_digest[:12])
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


def _changes(before: Mapping[str, Metric], after: Mapping[str, Metric]) -> tuple[Change, ...]:
    names = [name for name in REGISTRY if name in before or name in after]
    found = (Change(name=n, before=before.get(n), after=after.get(n)) for n in names)
    return tuple(change for change in found if _figures(change.before) != _figures(change.after))


def _layer(
    name: str, before: Layer | None, after: Layer | None, steps: tuple[int, int]
) -> LayerChange:
    old = {} if before is None else before.metrics
    new = {} if after is None else after.metrics
    return LayerChange(
        name=name,
        changes=_changes(old, new),
        synops=(_value(old.get("synops_hw")) or 0.0, _value(new.get("synops_hw")) or 0.0),
        causes={} if before is None or after is None else _causes(old, new, steps),
    )


def _causes(
    before: Mapping[str, Metric], after: Mapping[str, Metric], steps: tuple[int, int]
) -> dict[str, float]:
    """Return the change of SOPs = steps x events a step x synapses an event, by factor."""
    old, new = _factors(before, steps[0]), _factors(after, steps[1])
    parts = attribute(old, new)
    # Quotients of counts are not exact: what moved by less than a billionth did not move.
    moved = [not isclose(a, b, rel_tol=1e-9) for a, b in zip(old, new, strict=True)]
    return {name: part for name, part, m in zip(FACTORS, parts, moved, strict=True) if m}


def _factors(metrics: Mapping[str, Metric], n_steps: int) -> tuple[float, float, float]:
    events = _value(metrics.get("arriving_events")) or 0.0
    synops = _value(metrics.get("synops_hw")) or 0.0
    return float(n_steps), events / n_steps, synops / events if events else 0.0


def _value(metric: Metric | None) -> float | None:
    return None if metric is None else metric.value


def _figures(metric: Metric | None) -> tuple[float | None, ...] | None:
    return None if metric is None else (metric.low, metric.value, metric.high)
