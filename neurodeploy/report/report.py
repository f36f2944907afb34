"""`Report`: what one deployment did and cost on one stimulus."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import ConfigDict, with_config

from neurodeploy.report.binding import Binding
from neurodeploy.report.bottleneck import Bottleneck
from neurodeploy.report.core import CoreReport
from neurodeploy.report.distribution import Distribution
from neurodeploy.report.early_exit.noun import EarlyExit
from neurodeploy.report.energy_models.estimate import EnergyModels
from neurodeploy.report.events import Events
from neurodeploy.report.layer import LayerReport
from neurodeploy.report.link import LinkReport
from neurodeploy.report.mesh import Mesh
from neurodeploy.report.metric import Metric
from neurodeploy.report.neurobench.block import NeuroBench
from neurodeploy.report.resource import ResourceReport
from neurodeploy.report.steps import Steps
from neurodeploy.report.timeline import Timeline
from neurodeploy.storage.atomic import write_text
from neurodeploy.storage.codec import digest

SCHEMA = 2


@with_config(ConfigDict(extra="forbid", strict=True, allow_inf_nan=False))  # when read from a file
@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Report:
    """Every figure of a profile; means are over samples.

    Parameters
    ----------
    fidelity : level at which time was modelled.
    n_steps : steps of one inference, drained ones included.
    missing : terms that the energy or the time lacks, because the chip's page does not know them.
    links : those that carried messages; none where they are not counted.
    distributions : over samples, of the figures that have one.
    energy_models : the energy by several models, and as an ANN.
    timeline : the first sample in time; None where time is not modelled.
    bottlenecks : the units that set the time of the steps, the most frequent first.
    notes : what a reader must know before the figures.
    sources : the full reference behind each short source name.
    events : how often each thing happened that the chip's page has a cost for.
    measured : what the user measured of the same run on the device.
    failures : why the chip could not do this, such as a rate above which it stalls.
    neurobench : NeuroBench's counts of the first samples, as trained and as deployed.
    early_exit : what stopping early gave; None where every sample runs all its steps.
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
    mesh: Mesh
    cores: tuple[CoreReport, ...]
    links: tuple[LinkReport, ...]
    resources: tuple[ResourceReport, ...]
    binding: Binding
    steps: Steps
    distributions: tuple[Distribution, ...]
    energy_models: EnergyModels
    timeline: Timeline | None
    bottlenecks: tuple[Bottleneck, ...]
    missing: tuple[str, ...]
    notes: tuple[str, ...]
    sources: Mapping[str, str]
    events: Events = field(default_factory=Events)
    failures: tuple[str, ...] = ()
    measured: Mapping[str, Metric] = field(default_factory=dict)
    neurobench: NeuroBench | None = None
    early_exit: EarlyExit | None = None
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

    def to_json(self, path: str | Path) -> None:
        """Write ``report.json``."""
        from neurodeploy.report.json_file import report_text  # the renderers look at this noun

        write_text(Path(path), report_text(self))

    def to_html(self, path: str | Path) -> None:
        """Write one HTML page that needs no other file and no network."""
        from neurodeploy.report.render.html.page import html_page

        write_text(Path(path), html_page(self))

    def to_csv(self, path: str | Path) -> None:
        """Write a table with one row a layer."""
        from neurodeploy.report.render.csv_file import csv_text

        write_text(Path(path), csv_text(self))

    def to_markdown(self, path: str | Path) -> None:
        """Write a summary for a CI job or a pull request."""
        from neurodeploy.report.render.markdown import markdown_text

        write_text(Path(path), markdown_text(self))

    def to_trace(self, path: str | Path) -> None:
        """Write the first sample as a trace for Perfetto."""
        from neurodeploy.report.render.trace import trace_text

        write_text(Path(path), trace_text(self))

    def _repr_html_(self) -> str:
        """Return what a notebook shows."""
        from neurodeploy.report.render.html.page import notebook_frame

        return notebook_frame(self)

    def _repr_markdown_(self) -> str:
        """Return what a notebook shows that takes no HTML."""
        from neurodeploy.report.render.markdown import markdown_text

        return markdown_text(self)
