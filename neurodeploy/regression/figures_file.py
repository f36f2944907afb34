"""Figures for the gate, from a report at hand or from its file."""

import dataclasses
from pathlib import Path

from neurodeploy.regression.figures import Figures, Layer
from neurodeploy.report.json_file import read_report
from neurodeploy.report.layer import LayerReport
from neurodeploy.report.report import Report


def figures_of(report: Report, where: str = "the report") -> Figures:
    """Return the figures of a report; `where` is what findings call it."""
    return Figures(
        where=where,
        chip=report.chip,
        fidelity=report.fidelity,
        deployment_digest=report.deployment_digest,
        stimulus=report.stimulus,
        stimulus_digest=report.stimulus_digest,
        input_coding=report.input_coding,
        n_samples=report.n_samples,
        n_steps=report.n_steps,
        metrics=dict(report.metrics),
        layers=tuple(_layer(layer) for layer in report.layers),
        resources={resource.limit_name: resource for resource in report.resources},
        cores=report.cores,
        bottlenecks=report.bottlenecks,
        failures=report.failures,
    )


def read_figures(path: Path) -> Figures:
    """Return the figures of a ``report.json``, or of the one in the folder `path`.

    Raises
    ------
    InputError
        As `read_report` does (ND2710, ND2711).
    """
    file = path / "report.json" if path.is_dir() else path
    return figures_of(read_report(file), str(file))


def _layer(layer: LayerReport) -> Layer:
    rounding = {} if layer.quantisation is None else dataclasses.asdict(layer.quantisation)
    return Layer(
        name=layer.name,
        metrics=dict(layer.metrics),
        facts={"shape": list(layer.shape), **rounding},
    )
