"""The published JSON schemas are those of the code."""

from pathlib import Path

import pytest

from neurodeploy.audits.attacks import protocol_file, report

SCHEMAS = Path(__file__).resolve().parents[3] / "schemas"


@pytest.mark.parametrize(("name", "made"), [("protocol", protocol_file), ("report", report)])
def test_published_schema_is_that_of_the_code(name: str, made: object) -> None:
    published = (SCHEMAS / f"attack-{name}.schema.json").read_text()
    assert published == made.schema_text(), "run: python tools/schemas.py"  # type: ignore[attr-defined]  # both have it
