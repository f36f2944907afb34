"""The layers as CSV: one row a layer, every metric a column.

A modelled metric has four more columns: ``NAME_low``, ``NAME_high``, ``NAME_source`` and
``NAME_note``. An empty cell is an unknown figure. Columns that start with ``quantisation_`` are
what rounding to integers did.
"""

import csv
import dataclasses
import io
from collections.abc import Iterator

from neurodeploy.deployment.quantisation import LayerQuantisation
from neurodeploy.report.layer import LayerReport
from neurodeploy.report.metric import Basis
from neurodeploy.report.render.words import in_order
from neurodeploy.report.report import Report


def csv_text(report: Report) -> str:
    """Return the table as text, lines ended by a newline."""
    rows = [dict(_cells(layer)) for layer in report.layers]
    columns = dict.fromkeys(name for row in rows for name in row)
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def _cells(layer: LayerReport) -> Iterator[tuple[str, str]]:
    yield "layer", layer.name
    yield "shape", "x".join(str(size) for size in layer.shape)
    yield "cores", " ".join(str(core) for core in layer.placed_on)
    for name in in_order(layer.metrics):
        metric = layer.metrics[name]
        yield name, _number(metric.value)
        if metric.basis is not Basis.EXACT:
            yield f"{name}_low", _number(metric.low)
            yield f"{name}_high", _number(metric.high)
            yield f"{name}_source", metric.source
            yield f"{name}_note", metric.note
    yield from _quantisation(layer.quantisation)


def _quantisation(found: LayerQuantisation | None) -> Iterator[tuple[str, str]]:
    if found is None:
        return
    for field in dataclasses.fields(found):
        if field.name != "population":
            value = getattr(found, field.name)  # the fields of a dataclass, by its own list
            shown = " ".join(map(str, value)) if isinstance(value, tuple) else str(value)
            yield f"quantisation_{field.name}", shown


def _number(value: float | None) -> str:
    if value is None:
        return ""
    return str(int(value)) if value == int(value) and abs(value) < 2**53 else repr(value)
