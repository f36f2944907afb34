"""`report.json`: the report's figures by registered name; equal inputs give equal bytes.

``schema``, ``metrics`` {name: {value, unit, basis, low, high, source, note}}, ``energy_models``
(figures of the same form, see `energy_models.estimate`), and ``layers`` and ``cores``, one object
each with metrics of the same names beside its other fields. It holds no time, host, path or thread
count. `json_schema` describes it in full.
"""

import dataclasses
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from neurodeploy.errors import InputError
from neurodeploy.report.core import CoreReport
from neurodeploy.report.layer import LayerReport
from neurodeploy.report.metric import REGISTRY, Metric
from neurodeploy.report.report import SCHEMA, Report
from neurodeploy.storage.atomic import write_text

_HOLDERS = {"layers": LayerReport, "cores": CoreReport}
"""Lists of objects whose metrics stand beside their other fields."""

_METRICS = "metrics"


def as_json(report: Report) -> dict[str, Any]:
    """Return plain JSON values, the metrics of layers and cores beside their names."""
    document = dataclasses.asdict(report)
    for holder in _HOLDERS:
        document[holder] = [_beside(part) for part in document[holder]]
    return document


def report_text(report: Report) -> str:
    """Return the bytes of ``report.json`` as text."""
    return json.dumps(as_json(report), indent=1, sort_keys=True, allow_nan=False) + "\n"


def write_report(report: Report, path: Path) -> None:
    """Write ``report.json``."""
    write_text(path, report_text(report))


def read_report(path: Path) -> Report:
    """Return the report in the file at `path`, or in ``report.json`` of the folder `path`.

    Raises
    ------
    InputError
        If it cannot be read or is no JSON (ND2710), or is no report of this version (ND2711,
        every mistake with its path).
    """
    file = path / "report.json" if path.is_dir() else path
    document = _parsed(file)
    if document.get("schema") != SCHEMA:
        raise InputError(
            "ND2711",
            f"{file}: has schema {document.get('schema')!r}, this version reads {SCHEMA}; "
            "run `neurodeploy profile` again",
        )
    try:
        report = TypeAdapter(Report).validate_json(json.dumps(_nested(document)))
    except ValidationError as error:
        raise InputError("ND2711", *_mistakes(file, error)) from error
    unknown = [f"{file}: {path}: no metric has that name" for path in _unknown_names(report)]
    if unknown:
        raise InputError("ND2711", *unknown)
    return report


def json_schema() -> dict[str, Any]:
    """Return the JSON schema (draft 2020-12) of ``report.json``."""
    schema = TypeAdapter(Report).json_schema()
    for kind in _HOLDERS.values():
        part = schema["$defs"][kind.__name__]
        del part["properties"][_METRICS]
        part["required"].remove(_METRICS)
        part["additionalProperties"] = {"$ref": "#/$defs/Metric"}
    schema["properties"]["schema"] = {"const": SCHEMA, "title": "Schema", "type": "integer"}
    schema["required"] = list(schema["properties"])
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def schema_text() -> str:
    """Return the published text of the schema."""
    return json.dumps(json_schema(), indent=1, sort_keys=True) + "\n"


def _beside(part: dict[str, Any]) -> dict[str, Any]:
    metrics = part.pop(_METRICS)
    return {**part, **metrics}


def _parsed(file: Path) -> dict[str, Any]:
    try:
        document = json.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(
            "ND2710", f"{file}: cannot be read ({error.strerror}); give a report.json"
        ) from error
    except ValueError as error:
        raise InputError(
            "ND2710", f"{file}: not JSON ({error}); give the report.json that profile wrote"
        ) from error
    if not isinstance(document, dict):
        raise InputError("ND2711", f"{file}: holds no JSON object, as every report does")
    return document


def _nested(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return `document` with the metrics of layers and cores in an object of their own."""
    nested = dict(document)
    for holder, kind in _HOLDERS.items():
        if not isinstance(document.get(holder), list):
            continue
        own = {field.name for field in dataclasses.fields(kind)} - {_METRICS}
        nested[holder] = [_split(part, own) for part in document[holder]]
    return nested


def _split(part: object, own: set[str]) -> object:
    if not isinstance(part, dict):
        return part
    fields = {name: value for name, value in part.items() if name in own}
    metrics = {name: value for name, value in part.items() if name not in own}
    return {**fields, _METRICS: metrics}


def _mistakes(file: Path, error: ValidationError) -> list[str]:
    lines = []
    for mistake in error.errors(include_url=False):
        where = ".".join(str(part) for part in _flat(mistake["loc"])) or "the document"
        plain = not isinstance(mistake["input"], dict | list) and mistake["type"] != "missing"
        found = f", found {mistake['input']!r}" if plain else ""
        lines.append(f"{file}: {where}: {mistake['msg']}{found}")
    return lines


def _flat(location: tuple[int | str, ...]) -> tuple[int | str, ...]:
    """Return where the file has it: metrics of layers and cores stand beside their names."""
    if len(location) > 2 and location[0] in _HOLDERS and location[2] == _METRICS:
        return (*location[:2], *location[3:])
    return location


def _unknown_names(report: Report) -> Iterator[str]:
    parts: list[tuple[str, Mapping[str, Metric]]] = [("metrics", report.metrics)]
    parts += [(f"layers.{k}", layer.metrics) for k, layer in enumerate(report.layers)]
    parts += [(f"cores.{k}", core.metrics) for k, core in enumerate(report.cores)]
    for where, metrics in parts:
        yield from (f"{where}.{name}" for name in metrics if name not in REGISTRY)
