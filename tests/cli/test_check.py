"""`check`, `budget` and `init ci`: what they print, write and return."""

import json
import os
import shlex
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from support.cli import Result, run_cli
from support.gate import denser, lower_threshold, network, stimulus
from support.golden_text import assert_golden, without_digests

from neurodeploy import toolchain

DATA = ("--data", "test.npz")


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    x, y = stimulus()
    np.savez("test.npz", x=x, y=y)
    toolchain.write_nir(network(), Path("model.nir"))
    toolchain.write_nir(lower_threshold(denser(network(), "w3"), "fc2"), Path("grown.nir"))
    for name in ("model", "grown"):
        assert run_cli("profile", f"{name}.nir", *DATA, "-o", name).code == 0
    return tmp_path


def plain(result: Result) -> str:
    text = without_digests(result.out + result.err)
    return "\n".join(line.rstrip() for line in text.splitlines()) + "\n"


BUDGET = """\
[budget]
chip = "loihi2"

[budget.energy]
energy_total_j = "150 uJ"

[budget.activity]
synops_hw = 5200

[budget.layers.fc2]
spikes = 50
"""


def test_text_of_a_check_that_fails(request: pytest.FixtureRequest, here: Path) -> None:
    Path("budget.toml").write_text(BUDGET)
    result = run_cli("check", "grown", "-b", "budget.toml", "--baseline", "model")
    assert result.code == 1
    assert_golden(request, "check_failed.txt", plain(result))
    tables = [line for line in result.out.splitlines() if "  " in line.strip()]
    assert max(map(len, tables)) <= 80


def test_text_of_a_check_that_passes(request: pytest.FixtureRequest, here: Path) -> None:
    Path("budget.toml").write_text(BUDGET.replace("150 uJ", "250 uJ"))
    result = run_cli("check", "model.nir", *DATA, "-b", "budget.toml", "--baseline", "model")
    assert (result.code, result.err) == (0, "")
    assert_golden(request, "check_passed.txt", plain(result))


def test_text_of_budget_init(request: pytest.FixtureRequest, here: Path) -> None:
    result = run_cli("budget", "init", "model")
    assert (result.code, result.err) == (0, "")
    assert_golden(request, "budget_init.txt", plain(result))
    assert_golden(request, "budget_init.toml", Path("budget.toml").read_text())
    assert run_cli("check", "model", "--budget", "budget.toml").code == 0
    assert run_cli("check", "grown", "--budget", "budget.toml").code == 1


def test_text_of_init_ci(request: pytest.FixtureRequest, here: Path) -> None:
    result = run_cli("init", "ci", "model.nir", *DATA, "--chip", "loihi1")
    assert (result.code, result.err) == (0, "")
    assert_golden(request, "init_ci.txt", plain(result))
    workflow = Path(".github/workflows/neurodeploy.yml").read_text()
    assert_golden(request, "init_ci_workflow.yml", workflow)
    command = result.out.splitlines()[-1].removeprefix("Next: ")
    assert run_cli(*shlex.split(command)[1:]).code == 0
    Path("model.nir").write_bytes(Path("grown.nir").read_bytes())
    assert run_cli(*shlex.split(command)[1:]).code == 1


def test_init_ci_says_in_its_commands_all_that_it_was_told(here: Path) -> None:
    rates, y = stimulus()[0].mean(axis=1), stimulus()[1]
    np.savez("rates.npz", x=rates)
    np.save("labels.npy", y)
    told = ("--labels", "labels.npy", "--encode", "rate", "--steps", "9", "--seed", "3")
    result = run_cli("init", "ci", "model.nir", "--data", "rates.npz", *told, "--limit", "7")
    assert (result.code, result.err) == (0, "")
    command = result.out.splitlines()[-1].removeprefix("Next: ")
    zero = ("--fail-on", "exact=0", "--fail-on", "modelled=0")
    again = run_cli(*shlex.split(command)[1:], *zero)
    assert again.code == 0, again.err
    assert "accuracy" in Path("gate/budget.toml").read_text()
    assert "--labels labels.npy" in Path(".github/workflows/neurodeploy.yml").read_text()


def test_init_ci_overwrites_nothing_unasked(here: Path) -> None:
    Path("gate").mkdir()
    Path("gate/budget.toml").write_text("mine")
    result = run_cli("init", "ci", "model.nir", *DATA)
    assert (result.code, result.out) == (2, "")
    assert result.err.splitlines() == [
        "error[ND2707]: gate/budget.toml: exists; --force replaces it, or choose another",
        "  what this means: neurodeploy explain ND2707",
    ]
    assert sorted(path.name for path in here.iterdir() if path.name.startswith(".")) == []
    assert run_cli("init", "ci", "model.nir", *DATA, "--force").code == 0
    assert Path("gate/budget.toml").read_text() != "mine"


def test_init_ci_refuses_what_ci_would_not_have(here: Path) -> None:
    Path("repository").mkdir()
    result = run_cli("init", "ci", "model.nir", *DATA, "-o", "repository")
    assert result.code == 2
    assert result.err.startswith(
        f"error[ND2708]: model.nir: lies outside {here / 'repository'}, so CI would not have it"
    )


def test_every_format_is_written_and_github_is_told(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(here / "summary.md"))
    Path("summary.md").write_text("before\n")
    result = run_cli(
        *("check", "grown", "--baseline", "model", "--fail-on", "synops_hw=+0"),
        *("--junit", "out/j.xml", "--markdown", "out/m.md"),
    )
    assert result.code == 1
    assert "::error title=neurodeploy%3A synops_hw::synops_hw went " in result.out
    assert Path("out/j.xml").read_text().startswith("<?xml")
    assert Path("summary.md").read_text() == "before\n" + Path("out/m.md").read_text()


def test_json_is_one_document_even_in_github(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    result = run_cli("check", "grown", "--baseline", "model", "--json")
    assert result.code == 1
    assert json.loads(result.out)["passed"] is False
    assert "::error " in result.err
    assert json.loads(run_cli("budget", "init", "model", "--json").out)["limits"] > 30
    assert json.loads(run_cli("init", "ci", "model.nir", *DATA, "--json").out)["files"]
    assert json.loads(run_cli("budget", "schema").out)["title"] == "BudgetFile"


def test_deployment_and_thread_counts_pass_at_zero(here: Path) -> None:
    assert run_cli("compile", "model.nir", "-o", "build").code == 0
    zero = ("--fail-on", "exact=0", "--fail-on", "modelled=0")
    for workers in ("1", "2"):
        for path in ("build", "model.nir"):
            result = run_cli(
                *("check", path, *DATA, "--baseline", "model", *zero, "--workers", workers)
            )
            assert result.code == 0, result.err
        report = run_cli("profile", "build", *DATA, "--workers", workers, "-o", workers)
        assert report.code == 0
    assert Path("1/report.json").read_bytes() == Path("2/report.json").read_bytes()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["model"], "nothing to check against: give --budget, --baseline or both"),
        (
            ["model.nir", "--baseline", "model"],
            "model.nir is no report; give --data FILE.npz to profile it first",
        ),
        (
            ["model", *DATA, "--baseline", "model"],
            "model is a report and has its figures; leave --data away",
        ),
    ],
)
def test_what_is_missing_or_too_much_is_said(
    here: Path, arguments: list[str], message: str
) -> None:
    result = run_cli("check", *arguments)
    assert (result.code, result.out) == (2, "")
    assert result.err.splitlines()[0] == f"error[ND2706]: {message}"


@pytest.mark.parametrize("margin", ["10", "ten%", "-1%", "nan%"])
def test_margin_is_a_share(here: Path, margin: str) -> None:
    result = run_cli("budget", "init", "model", "--margin", margin)
    assert result.code == 2
    assert result.err.splitlines()[0] == (
        f"error[ND2601]: --margin is {margin!r}, expected a share such as 10%"
    )
    assert not Path("budget.toml").exists()


def test_report_is_the_same_in_any_process(here: Path) -> None:
    """Neither hash seeds nor threads of libraries show in it."""
    root = Path(__file__).resolve().parents[2]
    written = set()
    for seed, threads in (("1", "1"), ("2", "2")):
        environment = {
            **os.environ,
            "PYTHONPATH": f"{root}:{root / 'targets'}",
            "PYTHONHASHSEED": seed,
            **dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), threads),
        }
        command = ["profile", "model.nir", *DATA, "-o", f"process{seed}", "--workers", threads]
        subprocess.run(
            [sys.executable, "-m", "neurodeploy", *command],
            env=environment,
            check=True,
            capture_output=True,
        )
        written.add(Path(f"process{seed}/report.json").read_bytes())
    assert written == {Path("model/report.json").read_bytes()}
