"""The page on the gate: its commands run, its budget is one, its fixtures exist."""

import re
import shlex
import shutil
from pathlib import Path

import pytest
from support.cli import run_cli

from neurodeploy.regression import read_budget

ROOT = Path(__file__).resolve().parents[1]


def blocks(language: str) -> list[str]:
    text = (ROOT / "docs" / "users" / "gate.md").read_text()
    return re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)


def test_its_commands_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("model.nir", "test.npz"):
        shutil.copy(ROOT / "examples" / "ci" / name, tmp_path / name)
    (commands,) = blocks("sh")
    for command in commands.strip().splitlines():
        program, *arguments = shlex.split(command)
        assert program == "neurodeploy"
        result = run_cli(*arguments)
        assert result.code == 0, (command, result.err)


def test_its_budget_is_one(tmp_path: Path) -> None:
    (text,) = blocks("toml")
    (tmp_path / "budget.toml").write_text(text)
    budget = read_budget(tmp_path / "budget.toml")
    assert len(budget.limits) == 6
    assert budget.strict


def test_its_fixtures_are_the_plugins() -> None:
    (text,) = blocks("python")
    plugin = (ROOT / "neurodeploy" / "pytest_plugin.py").read_text()
    asked = re.findall(r"def test_\w+\((.*)\):", text)[0].split(", ")
    assert set(asked) == set(re.findall(r"@pytest\.fixture\ndef (\w+)\(", plugin))
