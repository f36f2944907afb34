"""action.yml: what it declares, and its steps, run on the repository of examples/ci."""

import os
import re
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest
import yaml
from support.composite import CompositeAction, composite_action

ROOT = Path(__file__).resolve().parents[1]
EXAMPLE = ROOT / "examples" / "ci"
GATE = {
    "network": "model.nir",
    "data": "test.npz",
    "budget": "gate/budget.toml",
    "baseline": "gate/baseline.json",
}


INSTALL = "Install neurodeploy"


@pytest.fixture(scope="module")
def action() -> CompositeAction:
    return composite_action(ROOT / "action.yml")


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    copy = tmp_path / "repository"
    shutil.copytree(EXAMPLE, copy, ignore=shutil.ignore_patterns("__pycache__"))
    return copy


@pytest.fixture(scope="module")
def environment(
    action: CompositeAction, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, str]:
    """An interpreter into which the action's own step installed neurodeploy.

    It sees the packages of this one, so that pip needs nothing from outside.
    """
    folder = tmp_path_factory.mktemp("runner")
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    (site,) = folder.glob("lib/python*/site-packages")
    (site / "shared.pth").write_text(sysconfig.get_path("purelib"))
    environment = {"PATH": f"{folder / 'bin'}:{os.environ['PATH']}", "HOME": str(folder)}
    offline = {
        "PIP_NO_INDEX": "1",
        "PIP_NO_DEPS": "1",
        "PIP_IGNORE_INSTALLED": "1",
        "PIP_NO_BUILD_ISOLATION": "0",  # pip reads it the wrong way round: no isolation
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
    }
    others = [step["name"] for step in action.document["runs"]["steps"][2:]]
    outcome = action.run(folder, {**environment, **offline}, without=others)
    assert outcome.code == 0, outcome.log
    assert (site / "neurodeploy" / "cli" / "app.py").is_file()
    return environment


def documented() -> dict[str, str]:
    (text,) = re.findall(r"```yaml\n(.*?)```", (EXAMPLE / "README.md").read_text(), re.DOTALL)
    return dict(yaml.safe_load(text)["jobs"]["gate"]["steps"][1]["with"])


def test_every_input_and_output_is_described_and_used(action: CompositeAction) -> None:
    steps = yaml.safe_dump(action.document["runs"])
    for name, declared in action.document["inputs"].items():
        assert declared["description"].endswith("."), name
        assert f"${{{{ inputs.{name} }}}}" in steps
        assert declared.get("required", False) == ("default" not in declared)
    assert set(re.findall(r"inputs\.([\w-]+)", steps)) == set(action.document["inputs"])


def test_network_within_its_limits_passes_and_its_report_is_kept(
    action: CompositeAction, repository: Path, environment: dict[str, str]
) -> None:
    inputs = {name.replace("-", "_"): value for name, value in documented().items()}
    outcome = action.run(repository, environment, without=[INSTALL], **inputs)
    assert outcome.code == 0, outcome.log
    assert outcome.outputs == {"exit-code": "0"}
    assert "PASSED" in outcome.summary
    kept = repository / outcome.uploaded["path"]
    assert {file.name for file in kept.iterdir()} == {
        "report.json",
        "run.json",
        "report.html",
        "verdict.md",
        "junit.xml",
    }


def test_network_that_grew_fails_and_the_layer_is_named(
    action: CompositeAction, repository: Path, environment: dict[str, str]
) -> None:
    script = (repository / "make_network.py").read_text()
    grown = script.replace("v_threshold=np.full((), 1.0)", "v_threshold=np.full((), 0.5)")
    assert grown != script
    (repository / "make_network.py").write_text(grown)
    subprocess.run([sys.executable, "make_network.py"], cwd=repository, check=True)
    tolerances = "synops_hw=+0\naccuracy=-1%"
    outcome = action.run(repository, environment, without=[INSTALL], **GATE, fail_on=tolerances)
    assert outcome.code == 1, outcome.log
    assert outcome.outputs == {"exit-code": "1"}
    assert "the change starts in layer 'sensors': spikes " in outcome.log
    assert "::error" in outcome.log
    assert "FAILED" in outcome.summary
    assert (repository / outcome.uploaded["path"] / "junit.xml").is_file()


def test_options_reach_profile_and_a_chip_that_is_none_exits_with_2(
    action: CompositeAction, repository: Path, environment: dict[str, str]
) -> None:
    outcome = action.run(
        repository, environment, without=[INSTALL], **GATE, options="--limit 3 --chip none-such"
    )
    assert outcome.code == 2, outcome.log
    assert outcome.outputs == {"exit-code": "2"}
    assert "none-such" in outcome.log
    assert "::error title=neurodeploy::An input cannot be used; the log names it" in outcome.log


def test_a_report_needs_no_data(
    action: CompositeAction, repository: Path, environment: dict[str, str]
) -> None:
    outcome = action.run(
        repository.parent,
        environment,
        without=[INSTALL],
        working_directory="repository",
        network="gate/baseline.json",
        budget="gate/budget.toml",
        report="kept here",
    )
    assert outcome.code == 0, outcome.log
    assert (repository.parent / outcome.uploaded["path"] / "report.html").is_file()


def test_input_is_no_script(
    action: CompositeAction, repository: Path, environment: dict[str, str]
) -> None:
    outcome = action.run(
        repository, environment, without=[INSTALL], network="$(touch run)`touch run`; touch run"
    )
    assert outcome.code == 2, outcome.log
    assert not (repository / "run").exists()
