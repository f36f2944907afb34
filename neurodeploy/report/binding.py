"""`Binding`: what stands in the way first, of resources, time and operations."""

from collections.abc import Sequence
from dataclasses import dataclass

from neurodeploy.report.core import BUSY, CoreReport
from neurodeploy.report.layer import LayerReport
from neurodeploy.report.resource import ResourceReport

_WORK = "synops_hw"


@dataclass(frozen=True, slots=True, kw_only=True)
class Binding:
    """The limits that bind first.

    Parameters
    ----------
    resource : the fullest of the chip's limits, by share; None where the chip has none.
    core : the core that carries most of `load`, ties to the lowest.
    load : by what cores are compared: ``busy_s`` where their time is known, or ``synops_hw``.
    core_share : the share of the load of all cores that it carries.
    layer : the layer with the most synaptic operations, ties to the first.
    layer_share : its share of them; None where there are none.
    """

    resource: ResourceReport | None
    core: int
    load: str
    core_share: float | None
    layer: str
    layer_share: float | None


def binding_of(
    resources: Sequence[ResourceReport],
    cores: Sequence[CoreReport],
    layers: Sequence[LayerReport],
) -> Binding:
    """Return what binds."""
    limited = [resource for resource in resources if resource.share is not None]
    load = _WORK if cores[0].time is None else BUSY
    work = [core.load(load) for core in cores]
    synops = [layer.metrics["synops_hw"].value or 0.0 for layer in layers]
    core, layer = work.index(max(work)), synops.index(max(synops))
    return Binding(
        resource=max(limited, key=lambda resource: resource.share or 0.0, default=None),
        core=cores[core].core,
        load=load,
        core_share=_share(work, core),
        layer=layers[layer].name,
        layer_share=_share(synops, layer),
    )


def _share(parts: list[float], index: int) -> float | None:
    total = sum(parts)
    return parts[index] / total if total else None
