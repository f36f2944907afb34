"""Read the figures of ``report.json``: names, values and intervals, whatever else it holds."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from neurodeploy.errors import InputError
from neurodeploy.regression.figures import Core, Figures, Layer, Resource
from neurodeploy.report.json_file import report_text
from neurodeploy.report.metric import REGISTRY, Basis, Metric
from neurodeploy.report.report import SCHEMA, Report

REPORT = "report.json"


class _Part(BaseModel):
    model_config = ConfigDict(strict=True, extra="ignore", frozen=True)


_Finite = Annotated[float, Field(allow_inf_nan=False)]


class _Metric(_Part):
    value: _Finite | None
    unit: str
    basis: Annotated[Basis, Field(strict=False)]
    low: _Finite | None
    high: _Finite | None
    source: str
    note: str = ""


class _Resource(_Part):
    limit_name: str
    core: int
    used: int
    limit: int | None


class _Report(_Part):
    schema_version: int = Field(alias="schema")
    chip: str
    deployment_digest: str
    stimulus: str
    stimulus_digest: str
    input_coding: str
    n_samples: int
    n_steps: int
    metrics: dict[str, _Metric]
    layers: list[dict[str, Any]]
    resources: list[_Resource]
    cores: list[dict[str, Any]] = Field(default_factory=list)


def figures_of(report: Report) -> Figures:
    """Return the figures of a report at hand."""
    return _figures(json.loads(report_text(report)), "the report")


def read_figures(path: Path) -> Figures:
    """Return the figures of a ``report.json``, or of the one in the folder `path`.

    Raises
    ------
    InputError
        If it cannot be read or is no report (ND2703).
    """
    file = path / REPORT if path.is_dir() else path
    try:
        data = json.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError("ND2703", f"{file}: cannot be read ({error.strerror})") from error
    except ValueError as error:
        raise InputError("ND2703", f"{file}: not JSON, which every report is") from error
    return _figures(data, str(file))


def _figures(data: object, where: str) -> Figures:
    try:
        found = _Report.model_validate(data)
        if found.schema_version != SCHEMA:
            raise InputError(
                "ND2703",
                f"{where}: has schema {found.schema_version}, this version reads {SCHEMA}; "
                "profile again",
            )
        return Figures(
            where=where,
            chip=found.chip,
            deployment_digest=found.deployment_digest,
            stimulus=found.stimulus,
            stimulus_digest=found.stimulus_digest,
            input_coding=found.input_coding,
            n_samples=found.n_samples,
            n_steps=found.n_steps,
            metrics={name: _metric(metric) for name, metric in found.metrics.items()},
            layers=tuple(_layer(entry) for entry in found.layers),
            resources={
                r.limit_name: Resource(core=r.core, used=r.used, limit=r.limit)
                for r in found.resources
            },
            cores=tuple(_core(entry) for entry in found.cores),
        )
    except ValidationError as error:
        raise InputError("ND2703", *_mistakes(error, where)) from error


def _layer(entry: Mapping[str, Any]) -> Layer:
    quantisation = entry.get("quantisation") or {}
    return Layer(
        name=str(entry.get("name")),
        metrics=_metrics(entry),
        facts={"shape": entry.get("shape"), **quantisation},
    )


def _core(entry: Mapping[str, Any]) -> Core:
    name = next((entry[key] for key in ("core", "name", "index") if key in entry), "?")
    return Core(name=str(name), metrics=_metrics(entry))


def _metrics(entry: Mapping[str, Any]) -> dict[str, Metric]:
    return {
        name: _metric(_Metric.model_validate(entry[name]))
        for name in REGISTRY
        if isinstance(entry.get(name), dict)
    }


def _metric(found: _Metric) -> Metric:
    return Metric(**found.model_dump())


def _mistakes(error: ValidationError, where: str) -> list[str]:
    return [
        f"{where}: no report.json of `neurodeploy profile`: "
        f"{'.'.join(str(part) for part in found['loc']) or 'the document'}: {found['msg']}"
        for found in error.errors(include_url=False)
    ]
