"""What `exit --stream` and `run` say of a deployment with an exit policy."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from support.cli import run_cli
from support.deploy import deployed
from support.models import dense_if_model

from neurodeploy import toolchain
from neurodeploy.deployment.exit_policy import ExitPolicy
from neurodeploy.terms import CheckedAt, ExitCriterion


@pytest.fixture
def build(tmp_path: Path) -> Path:
    whole = deployed(dense_if_model(np.random.default_rng(1), sizes=(12, 20, 9, 4), theta=0.25))
    policy = ExitPolicy(rule=ExitCriterion.MARGIN, threshold=0, max_steps=5, where=CheckedAt.CHIP)
    toolchain.save(replace(whole, exit_policy=policy), tmp_path / "build")
    x = (np.random.default_rng(2).random((5, 9, 12)) < 0.5).astype(np.uint8)
    np.savez(tmp_path / "x.npz", x=x)
    return tmp_path / "build"


def test_stream_shows_three_ways_to_run_it(build: Path) -> None:
    data = str(build.parent / "x.npz")
    text = run_cli("exit", str(build), "--data", data, "--stream", "4").out
    assert "A stream of 4 samples that overlap in the layers" in text
    for name in ("at its pace", "as samples are decided", "clearing of layers"):
        assert name in text
    found = json.loads(run_cli("exit", str(build), "--data", data, "--stream", "4", "--json").out)
    assert [one["name"] for one in found] == [
        "every step",
        "at its pace",
        "as samples are decided",
    ]
    assert found[0]["steps"] == 9 + 3 / 4
    assert found[0]["synops"] > found[1]["synops"] == found[2]["synops"]


def test_run_says_after_how_many_steps_samples_stopped(build: Path) -> None:
    data, out = str(build.parent / "x.npz"), build.parent / "run.npz"
    text = run_cli("run", str(build), "--data", data, "-o", str(out)).out
    found = json.loads(run_cli("run", str(build), "--data", data, "--json").out)
    mean = sum(found["steps_used"]) / 5
    assert (
        f"stopped after {mean:.2f} of 12 steps, mean over samples, by the deployment's exit policy"
    ) in text
    with np.load(out) as written:
        assert written["steps_used"].tolist() == found["steps_used"]
    assert max(found["steps_used"]) <= 8
