"""`neurodeploy pilot` on the demo network: what it prints, keeps, refuses and leaves behind."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from support import anns
from support.cli import Result, run_cli
from support.golden_text import assert_golden
from support.piloted import content

from neurodeploy import api
from neurodeploy.frontends.demo import CODING_SEED, DEMO_NETWORK, N_STEPS
from neurodeploy.frontends.digits import load_digits
from neurodeploy.frontends.encoders import rate
from neurodeploy.model.model_file import write_model
from neurodeploy.pilot.given import PilotOptions
from neurodeploy.pilot.manifest import Status, read_manifest

BUDGET = '[budget]\nchip = "loihi2"\n[budget.accuracy]\naccuracy = {}\n'
PILOT = (
    *("pilot", "model.nir", "--data", "val.npz", "--test", "test.npz", "--budget", "budget.toml"),
    *("--target-accuracy-drop", "5", "--attack-samples", "2"),
)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("model.nir").write_bytes(DEMO_NETWORK.read_bytes())
    digits = load_digits()
    for name, part in {"val": digits.validation, "test": digits.test}.items():
        x = rate(part.x[:120], N_STEPS, CODING_SEED)
        np.savez(f"{name}.npz", x=x, y=part.y[:120])
    Path("budget.toml").write_text(BUDGET.format(0.9))
    return tmp_path


def refused(*arguments: object) -> tuple[int, list[str]]:
    result = run_cli(*arguments)
    assert result.out == ""
    return result.code, result.err.splitlines()[:-1]


def test_text(here: Path, request: pytest.FixtureRequest) -> None:
    pytest.importorskip("torch", reason="pip install 'neurodeploy[train]'")
    result = run_cli(*PILOT)
    assert (result.code, result.err) == (0, "")
    assert_golden(request, "pilot.txt", result.out)


def test_a_missed_budget_ends_with_1_and_the_folder_complete(here: Path) -> None:
    Path("budget.toml").write_text(BUDGET.format(1.0))
    result = run_cli(*PILOT, "-o", "p")
    assert (result.code, result.err) == (1, "")
    assert result.out.splitlines()[-1] == "Verdict: failed: check. Report: p/report/decision.html"
    manifest = read_manifest(Path("p"))
    checked, attacked = manifest.stage("check"), manifest.stage("attack")
    assert checked is not None
    assert attacked is not None
    assert (checked.status, checked.passed) == (Status.DONE, False)
    assert str(checked.reason).startswith("ND1201: accuracy ")
    assert attacked.status is Status.DONE
    assert not json.loads(Path("p/check/report.json").read_text())["passed"]


def test_only_what_reads_a_changed_input_is_done_again(here: Path) -> None:
    assert run_cli(*PILOT).code == 0
    Path("budget.toml").write_text(BUDGET.format(0.8))
    assert kept(run_cli(*PILOT)) == {"convert", "train", "compile", "exit", "verify", "profile"} | {
        "attack"
    }
    x = rate(load_digits().test.x[120:180], N_STEPS, CODING_SEED)
    np.savez("test.npz", x=x, y=load_digits().test.y[120:180])
    assert kept(run_cli(*PILOT)) == {"convert", "train", "compile", "exit"}
    assert kept(run_cli(*PILOT, "--force")) == set()


def kept(result: Result) -> set[str]:
    assert result.code == 0, result.err
    lines = result.out.splitlines()
    begun = [k for k, line in enumerate(lines) if line.startswith("[")]
    return {lines[k].split()[1] for k in begun if ", kept" in lines[k + 1]}


def test_json_is_the_manifest_and_the_verdict(here: Path) -> None:
    found = json.loads(run_cli(*PILOT, "-o", "p", "--json").out)
    for added in ("folder", "passed", "verdict"):
        del found[added]
    assert found == json.loads(Path("p/pilot.json").read_text())


def test_the_same_bytes_from_another_folder_and_from_python(here: Path) -> None:
    assert run_cli(*PILOT, "-o", "p").code == 0
    (here / "elsewhere").mkdir()
    options = PilotOptions(accuracy_drop=5.0, n_attacked=2)
    manifest = api.pilot(
        *(here / name for name in ("model.nir", "val.npz", "test.npz")),
        here / "elsewhere" / "q",
        budget=here / "budget.toml",
        options=options,
    )
    assert not manifest.failed
    assert content(here / "elsewhere" / "q") == content(Path("p"))


def test_every_problem_is_said_before_the_first_stage(here: Path) -> None:
    Path("budget.toml").write_text('[budget]\nchip = "loihi1"\n[budget.activity]\nspeed = 3\n')
    np.savez("test.npz", x=np.zeros((3, N_STEPS, 9)))
    code, lines = refused(*PILOT, "--target", "loihi-3", "--stage", "trained", "--chip", "loihi9")
    assert code == 2
    assert [line.partition(": ")[0] for line in lines] == ["error[ND2920]"] * len(lines)
    said = "\n".join(line.partition(": ")[2] for line in lines)
    for part in (
        "--stage trained: give --train FILE, labelled samples to train on",
        "target 'loihi-3' is not installed",
        "'loihi9'",
        "activity.speed",
        "--test test.npz: holds no labels y, without which nothing can be judged",
        "test.npz",
    ):
        assert part in said
    assert not Path("pilot").exists()


def test_test_data_that_choose_are_refused(here: Path) -> None:
    Path("again.npz").write_bytes(Path("val.npz").read_bytes())
    assert refused(*PILOT, "--test", "again.npz") == (
        2,
        [
            "error[ND2920]: --test again.npz: has the content of --data; test data choose nothing",
        ],
    )


def test_test_values_outside_the_validation_data_are_refused_not_clipped(here: Path) -> None:
    write_model(anns.layers(0), Path("ann"))
    for name, scale in {"val": 1, "test": 3}.items():
        x = np.linspace(0, scale, 60).reshape(10, 6)
        np.savez(f"{name}.npz", x=x, y=np.arange(10) % 4)
    code, lines = refused("pilot", "ann", "--data", "val.npz", "--test", "test.npz")
    assert code == 2
    assert lines == [
        "error[ND2920]: test.npz: has values from 0 to 3, the validation data from 0 to 1; declare "
        "what sensors give: --input-range 0.0:3.0"
    ]


def test_a_folder_that_is_no_pilots_is_not_touched(here: Path) -> None:
    Path("p").mkdir()
    Path("p/mine.txt").write_text("mine")
    assert refused(*PILOT, "-o", "p") == (
        2,
        [
            "error[ND2401]: p: exists and holds no pilot.json, so it is not ours to replace; "
            "choose another folder with -o"
        ],
    )


@pytest.fixture
def without_torch(tmp_path: Path) -> dict[str, str]:
    """Return an environment in which no process finds torch."""
    folder = tmp_path / "blocked"
    folder.mkdir()
    (folder / "sitecustomize.py").write_text("import sys; sys.modules['torch'] = None\n")
    path = os.pathsep.join(p for p in (str(folder), os.environ.get("PYTHONPATH", "")) if p)
    return {**os.environ, "PYTHONPATH": path}


def test_without_torch_attacks_are_not_tested_and_say_why(
    here: Path, without_torch: dict[str, str]
) -> None:
    ended = _alone(without_torch, *PILOT)
    assert (ended.returncode, ended.stderr) == (0, "")
    attacked = read_manifest(Path("pilot")).stage("attack")
    assert attacked is not None
    assert attacked.status is Status.NOT_TESTED
    assert attacked.reason == ("ND4003: torch is not installed: pip install 'neurodeploy[train]'")
    if "torch" in sys.modules or _has_torch():
        assert kept(run_cli(*PILOT)) == set(_before_attack())


def _before_attack() -> tuple[str, ...]:
    return ("convert", "train", "compile", "exit", "verify", "profile", "check")


def _has_torch() -> bool:
    from neurodeploy.pilot.look import has_torch

    return has_torch()


def test_without_torch_an_artificial_network_is_refused_at_once(
    here: Path, without_torch: dict[str, str]
) -> None:
    write_model(anns.layers(0), Path("ann"))
    for seed, name in enumerate(("val", "test")):
        samples = anns.samples(seed, 10)
        np.savez(f"{name}.npz", x=samples.x, y=np.arange(10) % 4)
    ended = _alone(without_torch, "pilot", "ann", "--data", "val.npz", "--test", "test.npz")
    assert (ended.returncode, ended.stdout) == (4, "")
    assert ended.stderr.splitlines()[0] == (
        "error[ND4003]: torch is not installed, and is needed to convert and to train: "
        "pip install 'neurodeploy[train]'"
    )


def _alone(env: dict[str, str], *arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "neurodeploy", *arguments],
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
