"""The repository under examples/ci is what it says: its workflow, hook and tests run here."""

import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import yaml
from support.cli import Result, run_cli

from neurodeploy import toolchain

ROOT = Path(__file__).resolve().parents[1]
EXAMPLE = ROOT / "examples" / "ci"
INIT = ("init", "ci", "model.nir", "--data", "test.npz", "--force")
WRITTEN = ("gate/budget.toml", "gate/baseline.json", ".github/workflows/neurodeploy.yml")
PYTEST = ("-m", "pytest", "-q", "-p", "neurodeploy.pytest_plugin", "-p", "no:cacheprovider")


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY"):
        monkeypatch.delenv(name, raising=False)
    copy = tmp_path / "repository"
    shutil.copytree(EXAMPLE, copy, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.chdir(copy)
    return copy


def workflow_commands() -> list[str]:
    document = yaml.safe_load(Path(".github/workflows/neurodeploy.yml").read_text())
    steps = document["jobs"]["gate"]["steps"]
    return [step["run"] for step in steps if step.get("run", "").startswith("neurodeploy")]


def hook() -> str:
    (local,) = yaml.safe_load(Path(".pre-commit-config.yaml").read_text())["repos"]
    return str(local["hooks"][0]["entry"])


def ran(command: str) -> Result:
    program, *arguments = shlex.split(command)
    assert program == "neurodeploy"
    return run_cli(*arguments)


def python(*arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {
        **os.environ,
        "PYTHONPATH": f"{ROOT}:{ROOT / 'targets'}",
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
    }
    return subprocess.run(
        [sys.executable, *arguments], env=environment, capture_output=True, text=True, check=False
    )


def grow() -> None:
    text = Path("make_network.py").read_text()
    assert "v_threshold=np.full((), 1.0)" in text
    Path("make_network.py").write_text(
        text.replace("v_threshold=np.full((), 1.0)", "v_threshold=np.full((), 0.5)")
    )
    assert python("make_network.py").returncode == 0


def test_commands_of_the_workflow_pass(repository: Path) -> None:
    commands = workflow_commands()
    assert len(commands) == 1
    for command in (*commands, hook()):
        result = ran(command)
        assert result.code == 0, result.err
    assert (repository / "gate-junit.xml").is_file()


def test_network_that_grew_stops_the_workflow(repository: Path) -> None:
    grow()
    for command in (*workflow_commands(), hook()):
        result = ran(command)
        assert result.code == 1
        assert "the change starts in layer 'sensors': spikes " in result.out


def test_its_own_tests_pass_and_fail_when_the_network_grows(repository: Path) -> None:
    passed = python(*PYTEST)
    assert passed.returncode == 0, passed.stdout
    grow()
    failed = python(*PYTEST)
    assert failed.returncode == 1
    assert "; the change starts in layer 'sensors': spikes " in failed.stdout


def test_what_init_ci_wrote_is_what_it_writes_today(
    request: pytest.FixtureRequest, repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if request.config.getoption("--update-golden"):
        monkeypatch.chdir(EXAMPLE)
        assert run_cli(*INIT).code == 0
        (EXAMPLE / "gate" / "pre-commit-config.yaml").replace(EXAMPLE / ".pre-commit-config.yaml")
        assert python(*PYTEST, "--neurodeploy-update-baseline").returncode == 0
        monkeypatch.chdir(repository)
    assert run_cli(*INIT).code == 0
    for name in WRITTEN:
        assert Path(name).read_text() == (EXAMPLE / name).read_text(), (
            f"{name}: pytest --update-golden rewrites it"
        )
    made = Path("gate/pre-commit-config.yaml").read_text()
    assert made == (EXAMPLE / ".pre-commit-config.yaml").read_text()


def test_script_makes_the_network_and_the_data_that_lie_there(repository: Path) -> None:
    assert python("make_network.py").returncode == 0
    here, there = (
        toolchain.load_model(folder / "model.nir")[0] for folder in (repository, EXAMPLE)
    )
    assert here.digest == there.digest
    with np.load("test.npz") as made, np.load(EXAMPLE / "test.npz") as kept:
        assert set(made) == set(kept) == {"x", "y"}
        np.testing.assert_array_equal(made["x"], kept["x"])
        np.testing.assert_array_equal(made["y"], kept["y"])
