"""The layer or core that decides a figure."""

from neurodeploy.regression.budget import Estimate
from neurodeploy.regression.figures import Core, Figures, Layer
from neurodeploy.regression.parts import parts_of

_BY_TIME = ("latency", "step_time", "throughput", "power", "edp", "energy_static")
_WORK = "synops_hw"


def binding(
    figures: Figures, name: str, layer: str | None = None, estimate: Estimate = Estimate.NOMINAL
) -> str:
    """Return what the figure hangs on: its largest part, or for time the busiest core.

    Time is bounded by the busiest core; where the report has no cores, the layer with the most
    operations stands for it.
    """
    if layer is not None:
        found = figures.layer(layer)
        return "" if found is None else f"layer '{layer}'"
    if name.startswith(_BY_TIME):
        return _busiest(figures)
    parts = parts_of(figures, name, estimate)
    total = sum(parts.values())
    if not total:
        return ""
    largest = max(parts, key=lambda part: parts[part])
    return f"{largest}, {100 * parts[largest] / total:.0f} %"


def _busiest(figures: Figures) -> str:
    cores = [core for core in figures.cores if _work(core) is not None]
    if cores:
        busiest = max(cores, key=lambda core: _work(core) or 0.0)
        return f"core {busiest.name}, most SOPs"
    layers = [layer for layer in figures.layers if _work(layer) is not None]
    if not layers:
        return ""
    hottest = max(layers, key=lambda layer: _work(layer) or 0.0)
    return f"layer '{hottest.name}', most SOPs"


def _work(part: Core | Layer) -> float | None:
    metric = part.metrics.get(_WORK)
    return None if metric is None else metric.value
