"""The layer or core that decides a figure."""

from collections.abc import Sequence

from neurodeploy.regression.budget import Estimate
from neurodeploy.regression.figures import Figures, Layer
from neurodeploy.regression.parts import parts_of
from neurodeploy.report.bottleneck import role
from neurodeploy.report.core import BUSY, CoreReport
from neurodeploy.report.metric import figure_of
from neurodeploy.report.rates import METRIC as SYNOPS_RATE
from neurodeploy.report.render.words import few

_BY_TIME = ("latency", "step_time", "throughput", "power", "edp", "energy_static")
_BY_WORK = (SYNOPS_RATE, "synops_hw_busiest_core", "imbalance")
_WORK = "synops_hw"


def binding(
    figures: Figures, name: str, layer: str | None = None, estimate: Estimate = Estimate.NOMINAL
) -> str:
    """Return what the figure hangs on: its largest part, or for time what sets it.

    That is the unit that sets most steps, and the core that works longest, or has most operations
    where no core's time is known; where the report has no cores, the layer with most of them.
    """
    if layer is not None:
        found = figures.layer(layer)
        return "" if found is None else f"layer '{layer}'"
    if name.startswith(_BY_TIME):
        units = [f"{role(figures.fidelity)}: {first}" for first in figures.bottlenecks[:1]]
        return "; ".join((*units, _busiest(figures, by_work=False)))
    if name in _BY_WORK:
        return _busiest(figures, by_work=True)
    parts = parts_of(figures, figure_of(name), estimate)
    total = sum(parts.values())
    if not total:
        return ""
    largest = max(parts, key=lambda part: parts[part])
    return f"{largest}, {100 * parts[largest] / total:.0f} %"


def on_core(figures: Figures, number: int) -> str:
    """Return a core and the layers that lie on it, as findings name it."""
    core = next((core for core in figures.cores if core.core == number), None)
    return f"core {number}" if core is None else _named(core)


def _busiest(figures: Figures, *, by_work: bool) -> str:
    cores = figures.cores
    if not cores:
        return _hottest(figures.layers)
    load, said = BUSY, "busy longest"
    if by_work or any(core.time is None for core in cores):
        load, said = _WORK, "most SOPs"
    return f"{_named(max(cores, key=lambda core: core.load(load)))}, {said}"


def _hottest(layers: Sequence[Layer]) -> str:
    known = [layer for layer in layers if _work(layer) is not None]
    if not known:
        return ""
    return f"layer '{max(known, key=lambda layer: _work(layer) or 0.0).name}', most SOPs"


def _named(core: CoreReport) -> str:
    return f"core {core.core} with {few([repr(name) for name in core.layers])}"


def _work(layer: Layer) -> float | None:
    metric = layer.metrics.get(_WORK)
    return None if metric is None else metric.value
