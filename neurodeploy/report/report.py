"""`Report`: what one deployment did and cost on one stimulus."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from neurodeploy.deployment.quantisation import LayerQuantisation
from neurodeploy.report.bottleneck import Bottleneck
from neurodeploy.report.energy_models.estimate import EnergyModels
from neurodeploy.report.events import Events
from neurodeploy.report.metric import Metric
from neurodeploy.report.neurobench.block import NeuroBench
from neurodeploy.storage.codec import digest

SCHEMA = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerReport:
    """One population and the cores it lies on; its metrics bear the registry's names."""

    name: str
    shape: tuple[int, ...]
    placed_on: tuple[int, ...]
    metrics: Mapping[str, Metric]
    quantisation: LayerQuantisation | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceReport:
    """The fullest core for one of the chip's limits; `limit` None is none, or an unknown one."""

    limit_name: str
    core: int
    used: int
    limit: int | None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Report:
    """Every figure of a profile; means are over samples.

    Parameters
    ----------
    fidelity : level at which time was modelled.
    n_steps : steps of one inference, drained ones included.
    energy_models : the energy by several models, and as an ANN.
    bottlenecks : the units that set the time of the steps, the most frequent first.
    missing : terms that the energy or the time lacks, because the chip's page does not know them.
    notes : what a reader must know before the figures.
    sources : the full reference behind each short source name.
    events : how often each thing happened that the chip's page has a cost for.
    measured : what the user measured of the same run on the device.
    failures : why the chip could not do this, such as a rate above which it stalls.
    neurobench : NeuroBench's counts of the first samples, as trained and as deployed.
    """

    target: str
    chip: str
    chip_title: str
    fidelity: str
    deployment_digest: str
    stimulus: str
    stimulus_digest: str
    input_coding: str
    n_samples: int
    n_steps: int
    metrics: Mapping[str, Metric]
    layers: tuple[LayerReport, ...]
    resources: tuple[ResourceReport, ...]
    energy_models: EnergyModels
    bottlenecks: tuple[Bottleneck, ...]
    missing: tuple[str, ...]
    notes: tuple[str, ...]
    sources: Mapping[str, str]
    events: Events = field(default_factory=Events)
    failures: tuple[str, ...] = ()
    measured: Mapping[str, Metric] = field(default_factory=dict)
    neurobench: NeuroBench | None = None
    schema: int = SCHEMA

    @property
    def digest(self) -> str:
        """Fingerprint of everything it says."""
        return digest(self)

    def hottest(self, n_layers: int = 3) -> tuple[LayerReport, ...]:
        """Return the layers with the most synaptic operations, most first."""
        return tuple(
            sorted(self.layers, key=lambda layer: -(layer.metrics["synops_hw"].value or 0.0))
        )[:n_layers]
