"""The published schema is the one of the models, and it takes every page we ship."""

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest
from support.json_schema import against

from neurodeploy.hardware.json_schema import schema_text
from neurodeploy.hardware.toml_file import CHIPS, chip_names

PUBLISHED = Path(__file__).resolve().parents[2] / "schemas" / "chip.schema.json"
SCHEMA = json.loads(schema_text())


def problems(page: dict[str, Any]) -> list[str]:
    return list(against(SCHEMA, page, SCHEMA, "page"))


def test_published_schema_is_current() -> None:
    assert PUBLISHED.read_text() == schema_text(), "run python tools/schemas.py"


@pytest.mark.parametrize("name", chip_names())
def test_every_page_keeps_to_the_schema(name: str) -> None:
    assert problems(tomllib.loads((CHIPS / f"{name}.toml").read_text())) == []


def test_schema_refuses_what_the_reader_refuses() -> None:
    page = tomllib.loads((CHIPS / "ideal.toml").read_text())
    page["energy"]["reset"] = {"value": "many", "unit": "J"}
    page["tick_ps"] = 0
    page["lmits"] = {}
    assert sorted(problems(page)) == [
        "page.energy.reset: none of several",
        "page.lmits: no such key",
        "page.tick_ps: below 1",
    ]
