"""The page on the gate: its budget is one, and its fixtures are the plugin's."""

import re
from pathlib import Path

from support.doc_pages import DOCS, ROOT, Block, blocks

from neurodeploy.regression import read_budget


def of(language: str) -> list[Block]:
    return [block for block in blocks(DOCS / "users" / "gate.md") if block.info == language]


def test_its_budget_is_one(tmp_path: Path) -> None:
    _, budget = of("toml")
    (tmp_path / "budget.toml").write_text(budget.body)
    read = read_budget(tmp_path / "budget.toml")
    assert len(read.limits) == 6
    assert read.strict


def test_its_fixtures_are_the_plugins() -> None:
    (test,) = of("python")
    plugin = (ROOT / "neurodeploy" / "pytest_plugin.py").read_text()
    asked = re.findall(r"def test_\w+\((.*)\):", test.body)[0].split(", ")
    assert set(asked) == set(re.findall(r"@pytest\.fixture\ndef (\w+)\(", plugin))
