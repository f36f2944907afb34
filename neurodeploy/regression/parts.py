"""What a figure of the network is made of: layers, and what no layer has."""

from collections.abc import Mapping

from neurodeploy.regression.budget import Estimate
from neurodeploy.regression.end import end_of
from neurodeploy.regression.figures import Figures
from neurodeploy.report.metric import Metric

_ENERGY_OF_LAYERS = "energy_dynamic_j"
_ENERGY_OF_NO_LAYER = {
    "energy_static_j": "static power",
    "energy_management_j": "management power",
    "energy_reset_j": "the reset",
    "energy_host_j": "the host",
    "energy_barrier_j": "the barriers",
}


def parts_of(figures: Figures, name: str, estimate: Estimate) -> dict[str, float]:
    """Return what adds up to the metric `name`, by layer or by component; empty if nothing does."""
    if name == "energy_total_j":
        return _energy(figures, estimate)
    return {
        f"layer '{layer.name}'": value
        for layer in figures.layers
        if (value := _value(layer.metrics, name, estimate)) is not None
    }


def _energy(figures: Figures, estimate: Estimate) -> dict[str, float]:
    layers = {
        f"layer '{layer.name}'": value
        for layer in figures.layers
        if (value := _value(layer.metrics, _ENERGY_OF_LAYERS, estimate)) is not None
    }
    others = {
        title: value
        for name, title in _ENERGY_OF_NO_LAYER.items()
        if (value := _value(figures.metrics, name, estimate)) is not None
    }
    return {**layers, **others}


def _value(metrics: Mapping[str, Metric], name: str, estimate: Estimate) -> float | None:
    metric = metrics.get(name)
    return None if metric is None else end_of(metric, name, estimate)
