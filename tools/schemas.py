"""Rewrite the published JSON schemas: `python tools/schemas.py`; `--check` only compares."""

import sys
from collections.abc import Callable
from pathlib import Path

from neurodeploy.audits.attacks import protocol_file
from neurodeploy.audits.attacks import report as attack_report
from neurodeploy.decision.render import json_file as decision
from neurodeploy.hardware import json_schema
from neurodeploy.report import json_file

SCHEMAS = Path(__file__).resolve().parents[1] / "schemas"
PUBLISHED: dict[str, Callable[[], str]] = {
    "attack-protocol.schema.json": protocol_file.schema_text,
    "attack-report.schema.json": attack_report.schema_text,
    "chip.schema.json": json_schema.schema_text,
    "decision.schema.json": decision.schema_text,
    "report.schema.json": json_file.schema_text,
}


def main() -> int:
    texts = {SCHEMAS / name: make() for name, make in PUBLISHED.items()}
    if "--check" in sys.argv:
        return int(any(not p.is_file() or p.read_text() != text for p, text in texts.items()))
    SCHEMAS.mkdir(exist_ok=True)
    for path, text in texts.items():
        path.write_text(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
