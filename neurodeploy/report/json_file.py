"""`report.json`: the report's figures by registered name; equal inputs give equal bytes.

``schema``, ``metrics`` {name: {value, unit, basis, low, high, source, note}}, ``energy_models``
(figures of the same form, see `energy_models.estimate`) and ``layers``, one object a layer with the
same names. It holds no time, host, path or thread count.
"""

import dataclasses
import json
from pathlib import Path
from typing import Any

from neurodeploy.report.report import Report
from neurodeploy.storage.atomic import new_file


def as_json(report: Report) -> dict[str, Any]:
    """Return the report as plain JSON values, layers' metrics beside their names."""
    document = dataclasses.asdict(report)
    document["layers"] = [
        {**layer, **layer.pop("metrics"), "quantisation": layer.pop("quantisation")}
        for layer in document["layers"]
    ]
    return document


def write_report(report: Report, path: Path) -> None:
    """Write ``report.json``."""
    with new_file(path) as temporary:
        temporary.write_text(report_text(report))


def report_text(report: Report) -> str:
    """Return the text of ``report.json``."""
    return json.dumps(as_json(report), indent=1, sort_keys=True, allow_nan=False) + "\n"
