"""`neurodeploy pilot` on the demo network: what it prints, keeps, refuses and leaves behind."""

import json
import os
import shutil
import signal
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


def write_files() -> None:
    Path("model.nir").write_bytes(DEMO_NETWORK.read_bytes())
    digits = load_digits()
    for name, part in {"val": digits.validation, "test": digits.test}.items():
        x = rate(part.x[:120], N_STEPS, CODING_SEED)
        np.savez(f"{name}.npz", x=x, y=part.y[:120])
    Path("budget.toml").write_text(BUDGET.format(0.9))


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    write_files()
    return tmp_path


@pytest.fixture(scope="module")
def ended(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Result]:
    """Return the folder of a pilot that has ended, and what it printed."""
    pytest.importorskip("torch", reason="pip install 'neurodeploy[train]'")
    before, place = Path.cwd(), tmp_path_factory.mktemp("ended")
    os.chdir(place)
    try:
        write_files()
        result = run_cli(*PILOT)
    finally:
        os.chdir(before)
    assert (result.code, result.err) == (0, "")
    return place / "pilot", result


@pytest.fixture
def done(here: Path, ended: tuple[Path, Result]) -> Path:
    """Return a copy of that folder, as ``pilot`` in the working directory."""
    shutil.copytree(ended[0], "pilot")
    return Path("pilot")


def refused(*arguments: object) -> tuple[int, list[str]]:
    result = run_cli(*arguments)
    assert result.out == ""
    return result.code, result.err.splitlines()[:-1]


def test_text(ended: tuple[Path, Result], request: pytest.FixtureRequest) -> None:
    assert_golden(request, "pilot.txt", ended[1].out)


def test_a_missed_budget_ends_with_1_and_the_folder_complete(done: Path) -> None:
    Path("budget.toml").write_text(BUDGET.format(1.0))
    result = run_cli(*PILOT)
    assert (result.code, result.err) == (1, "")
    assert result.out.splitlines()[-1] == (
        "Verdict: failed: check. Report: pilot/report/decision.html"
    )
    manifest = read_manifest(done)
    checked = manifest.stage("check")
    assert checked is not None
    assert (checked.status, checked.passed) == (Status.DONE, False)
    assert str(checked.reason).startswith("ND1201: accuracy ")
    assert all(stage.status is Status.DONE for stage in manifest.stages[2:8])
    assert not json.loads((done / "check" / "report.json").read_text())["passed"]


def test_only_what_reads_a_changed_input_is_done_again(done: Path) -> None:
    everything = {stage.name for stage in read_manifest(done).stages} - {"leak"}
    assert kept(run_cli(*PILOT)) == everything
    Path("budget.toml").write_text(BUDGET.format(0.8))
    assert kept(run_cli(*PILOT)) == everything - {"check", "report"}
    x = rate(load_digits().test.x[120:180], N_STEPS, CODING_SEED)
    np.savez("test.npz", x=x, y=load_digits().test.y[120:180])
    assert kept(run_cli(*PILOT)) == {"convert", "train", "compile", "exit"}


def test_a_file_that_was_changed_is_made_again(done: Path) -> None:
    before = content(done)
    (done / "check" / "report.json").write_text("{}")
    assert "check" not in kept(run_cli(*PILOT))
    assert content(done) == before


def kept(result: Result) -> set[str]:
    assert result.code == 0, result.err
    lines = result.out.splitlines()
    begun = [k for k, line in enumerate(lines) if line.startswith("[")]
    return {lines[k].split()[1] for k in begun if lines[k + 1].split(":")[0].endswith(", kept")}


def test_json_is_the_manifest_and_the_verdict(done: Path) -> None:
    found = json.loads(run_cli(*PILOT, "--json").out)
    for added in ("folder", "passed", "verdict"):
        del found[added]
    assert found == json.loads((done / "pilot.json").read_text())


def test_the_same_bytes_in_another_folder_and_from_python(done: Path) -> None:
    here, there = Path.cwd(), Path("elsewhere")
    there.mkdir()
    manifest = api.pilot(
        *(here / name for name in ("model.nir", "val.npz", "test.npz")),
        there / "q",
        budget=here / "budget.toml",
        options=PilotOptions(accuracy_drop=5.0, n_attacked=2),
    )
    assert not manifest.failed
    assert content(there / "q") == content(done)


def test_ctrl_c_says_how_to_go_on(here: Path) -> None:
    command = [sys.executable, "-m", "neurodeploy", *PILOT]
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
        # A shell's background job ignores it, and what it starts would too.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    ) as pilot:
        assert pilot.stdout is not None
        assert any(line == "[3/10] compile ...\n" for line in pilot.stdout)
        os.killpg(pilot.pid, signal.SIGINT)
        said = pilot.stdout.read().splitlines()
    assert said == ["Interrupted; the same command goes on from the stage that was not done."]
    assert pilot.returncode == 130
    assert [stage.name for stage in read_manifest(Path("pilot")).stages] == ["convert", "train"]


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


def test_without_torch_attacks_are_not_tested_until_it_is_there(
    done: Path, without_torch: dict[str, str]
) -> None:
    before = content(done)
    shutil.rmtree(done / "attack")
    again = _alone(without_torch, *PILOT)
    assert (again.returncode, again.stderr) == (0, "")
    attacked = read_manifest(done).stage("attack")
    assert attacked is not None
    assert attacked.status is Status.NOT_TESTED
    assert attacked.reason == "ND4003: torch is not installed: pip install 'neurodeploy[train]'"
    assert "attack" not in kept(run_cli(*PILOT))
    assert content(done) == before


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
