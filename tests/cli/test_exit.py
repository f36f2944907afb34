"""`exit` on a network of patterns: what it prints, writes, explains, removes and refuses."""

import json
import re
from pathlib import Path

import numpy as np
import pytest
from support.cli import Result, run_cli
from support.golden_text import assert_golden
from support.matched import matched_deployment, noisy_patterns

from neurodeploy import toolchain

DATA = ("--data", "val.npz", "--encode", "rate", "--steps", "12")
EXIT = ("exit", "build", *DATA)
DROP = (*EXIT, "--target-accuracy-drop", "2", "--confidence", "0")
BUILD = Path("build")


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    toolchain.save(matched_deployment(), BUILD)
    samples = noisy_patterns(80)
    np.savez("val.npz", x=samples.x, y=samples.y)


def golden(request: pytest.FixtureRequest, name: str, result: Result) -> None:
    assert (result.code, result.err) == (0, "")
    text = "\n".join(line.rstrip() for line in result.out.splitlines()) + "\n"
    assert_golden(request, name, text)


def test_text_of_a_choice(request: pytest.FixtureRequest) -> None:
    golden(request, "exit.txt", run_cli(*DROP, "--sweep", "--noise", "0.2", "--html", "exit.html"))
    assert "<div" in Path("exit.html").read_text()


def test_the_policy_is_in_the_deployment_and_run_follows_it() -> None:
    before = toolchain.load_deployment(BUILD)
    found = json.loads(run_cli(*DROP, "--json").out)
    after = toolchain.load_deployment(BUILD)
    assert after.exit_policy is not None
    assert found["deployment_digest"] == after.digest != before.digest
    assert after.exit_policy.threshold == found["policy"]["threshold"]
    told = json.loads(run_cli("profile", "build", *DATA[:2], *DATA[2:], "--json").out)
    assert told["metrics"]["exit_step"]["value"] == found["outcome"]["mean_step"]
    assert told["metrics"]["accuracy"]["value"] == found["outcome"]["accuracy"]


def test_text_of_a_profile_with_a_policy(request: pytest.FixtureRequest) -> None:
    assert run_cli(*DROP).code == 0
    result = run_cli("profile", "build", *DATA, "--neurobench", "0")
    start = result.out.index("Early exit, against")
    shown = Result(result.code, result.out[start : result.out.index("\nLayers\n")], result.err)
    golden(request, "profile_exit.txt", shown)


def test_text_of_an_explanation(request: pytest.FixtureRequest) -> None:
    assert run_cli(*DROP, "--rule", "margin", "--score", "sum").code == 0
    result = run_cli(*EXIT, "--explain", "3")
    golden(request, "exit_explain.txt", result)
    found = json.loads(run_cli(*EXIT, "--explain", "3", "--json").out)
    assert found["stopped_at"] == next(s["step"] for s in found["steps"] if s["stops"])
    assert found["reason"][1:] in result.out.replace("\n", " ")


def test_remove_gives_back_the_deployment_as_it_was() -> None:
    before = toolchain.load_deployment(BUILD).digest
    assert run_cli(*DROP).code == 0
    assert toolchain.load_deployment(BUILD).digest != before
    result = run_cli("exit", "build", "--remove")
    assert (result.code, result.err) == (0, "")
    assert toolchain.load_deployment(BUILD).digest == before


def test_the_deployment_with_the_policy_can_be_another_folder() -> None:
    before = toolchain.load_deployment(BUILD).digest
    result = run_cli(*DROP, "-o", "stopping")
    assert (result.code, result.err) == (0, "")
    assert "The policy is in stopping;" in result.out
    assert toolchain.load_deployment(BUILD).digest == before
    assert toolchain.load_deployment(Path("stopping")).exit_policy is not None


def test_a_target_that_cannot_be_met_leaves_the_deployment(request: pytest.FixtureRequest) -> None:
    del request
    before = {p.name: p.read_bytes() for p in BUILD.iterdir() if p.is_file()}
    result = run_cli(*EXIT, "--target-accuracy-drop", "0.1")
    assert result.code == 1
    assert re.match(r"error\[ND1801\]: .* no threshold keeps to it on 80 samples; ", result.err)
    assert {p.name: p.read_bytes() for p in BUILD.iterdir() if p.is_file()} == before


def test_sweep_and_noise_alone_write_nothing() -> None:
    assert run_cli(*DROP).code == 0
    before = toolchain.load_deployment(BUILD).digest
    for asked in (("--sweep",), ("--noise", "0.1", "--noise", "0.3")):
        assert run_cli(*EXIT, *asked).code == 0
    assert toolchain.load_deployment(BUILD).digest == before


def test_noise_makes_it_slower_or_worse() -> None:
    assert run_cli(*DROP).code == 0
    told = json.loads(run_cli(*EXIT, "--noise", "0.5", "--json").out)["disturbed"]
    plain, noisy = (entry["outcome"] for entry in told)
    assert noisy["accuracy"] < plain["accuracy"]
    assert noisy["mean_step"] > plain["mean_step"]


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (("exit", "build"), "ND2601", "--data is missing: validation samples with labels"),
        (
            EXIT,
            "ND2601",
            "say what to keep to: --target-accuracy-drop 0.3 (points) or --target-steps 1.5; or "
            "--sweep to see what there is, or --explain SAMPLE",
        ),
        (
            (*DROP, "--target-steps", "2"),
            "ND2601",
            "--target-accuracy-drop and --target-steps: give one, the other follows",
        ),
        (
            (*DROP, "--rule", "sure"),
            "ND2601",
            "--rule is 'sure', allowed are margin, confidence, entropy",
        ),
        (
            ("exit", "build", "--remove"),
            "ND2884",
            "the deployment has no exit policy; choose one with `neurodeploy exit build/ --data "
            "val.npz --target-accuracy-drop 0.3`",
        ),
        (
            (*DROP, "--shift", "2"),
            "ND2883",
            "a shift of 2 pixels; steps of shape (8,) are no image",
        ),
        (
            (*EXIT, "--policy-network"),
            "ND2601",
            "--policy-network needs --target-accuracy-drop or --target-steps beside it",
        ),
    ],
)
def test_mistakes_are_told(arguments: tuple[str, ...], code: str, says: str) -> None:
    result = run_cli(*arguments)
    assert result.code == 2
    assert result.err.splitlines()[0] == f"error[{code}]: {says}"


def test_a_sample_that_is_not_there_is_told() -> None:
    assert run_cli(*DROP).code == 0
    assert run_cli(*EXIT, "--explain", "80").err.splitlines()[0] == (
        "error[ND2883]: val.npz: has samples 0 to 79, and 80 was asked for"
    )


def test_budget_and_gate_take_the_figures() -> None:
    assert run_cli(*DROP).code == 0
    assert run_cli("profile", "build", *DATA, "-o", "report").code == 0
    Path("good.toml").write_text("[budget.early_exit]\nexit_step = 12\nexit_saving_total = 0.01\n")
    assert run_cli("check", "report", "--budget", "good.toml").code == 0
    Path("bad.toml").write_text("[budget.early_exit]\nexit_step = 1\n")
    assert run_cli("check", "report", "--budget", "bad.toml").code == 1
    Path("other.toml").write_text("[budget.early_exit]\nmean_step = 12\n")
    told = run_cli("check", "report", "--budget", "other.toml")
    assert told.code == 2
    assert "write exit_step = 12 in [budget.early_exit]" in told.err
