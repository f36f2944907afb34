"""`Figures`: what a gate reads of a report, by the registry's names."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from neurodeploy.report.bottleneck import Bottleneck
from neurodeploy.report.core import CoreReport
from neurodeploy.report.metric import Metric
from neurodeploy.report.resource import ResourceReport


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """One layer; `facts` are what is said of it that no input changes: shape and quantisation."""

    name: str
    metrics: Mapping[str, Metric]
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """One report.

    Parameters
    ----------
    where : its file, or what else it is called.
    resources : the fullest core for each of the chip's limits.
    bottlenecks : the units that set the time of the steps, the most frequent first.
    failures : why the chip could not do this.
    """

    where: str
    chip: str
    fidelity: str
    deployment_digest: str
    stimulus: str
    stimulus_digest: str
    input_coding: str
    n_samples: int
    n_steps: int
    metrics: Mapping[str, Metric]
    layers: tuple[Layer, ...]
    resources: Mapping[str, ResourceReport]
    cores: tuple[CoreReport, ...]
    bottlenecks: tuple[Bottleneck, ...]
    failures: tuple[str, ...]

    def layer(self, name: str) -> Layer | None:
        """Return the layer of that name, if there is one."""
        return next((layer for layer in self.layers if layer.name == name), None)

    def metric(self, name: str, layer: str | None) -> Metric | None:
        """Return a figure of a layer, or of the network; None if there is none by that name."""
        if layer is None:
            return self.metrics.get(name)
        found = self.layer(layer)
        return None if found is None else found.metrics.get(name)
