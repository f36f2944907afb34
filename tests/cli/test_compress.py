"""`compress` as a user types it: files in, a smaller file or exit code 1 out."""

import json
from pathlib import Path

import numpy as np
import pytest
from support.cli import run_cli
from support.golden_text import assert_golden
from support.toy_task import toy_model, toy_samples

import neurodeploy
from neurodeploy import toolchain
from neurodeploy.frontends.samples import Encoding
from neurodeploy.learning.options import TrainOptions
from neurodeploy.methods.compression import CompressOptions, Method

COMPRESS = (
    *("compress", "model.nir", "--data", "train.npz", "--encode", "rate", "--steps", "6"),
    *("--epochs", "2", "--batch-size", "30", "--validation", "0.25", "--first-layer"),
    *("--threads", "1"),
)
BUDGETS = {
    "b.toml": '[budget.compression]\nconnectivity = "40 %"\n',
    "never.toml": "[budget.resources]\ncores = 0.5\n",
    "loihi1.toml": '[budget]\nchip = "loihi1-davies2018"\n'
    "[budget.compression]\nconnectivity = 0.5\n",
}


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    samples = toy_samples()
    toolchain.write_nir(toy_model(n_hidden=40), Path("model.nir"))
    np.savez("train.npz", x=samples.x, y=samples.y)
    for name, text in BUDGETS.items():
        Path(name).write_text(text)
    return tmp_path


def test_text_with_all_rivals(request: pytest.FixtureRequest, here: Path) -> None:
    result = run_cli(*COMPRESS, "--budget", "b.toml", "-o", "small.nir", "--rivals")
    assert (result.code, result.err) == (0, "")
    assert_golden(request, "compress.txt", "\n".join(map(str.rstrip, result.out.splitlines())))
    given = {"model.nir", "train.npz", *BUDGETS}
    assert {path.name for path in here.iterdir()} == {*given, "small.nir"}
    small = neurodeploy.load("small.nir")
    assert small.history[-1] == "compressed: minimax, 144 of 360 removable weights left"


def test_json_has_everything(here: Path) -> None:
    result = run_cli(*COMPRESS, "--budget", "loihi1.toml", "-o", "small.nir", "--json")
    assert (result.code, result.err) == (0, "")
    told = json.loads(result.out)
    assert told["files"] == ["small.nir"]
    assert told["connectivity"] == {"fan_in": 0, "fan_out": 0, "n_before": 360, "n_left": 180} | {
        "type": "Left"
    }
    assert told["digest"] == neurodeploy.load("small.nir").digest
    assert [line["path"] for line in told["budget"]] == ["compression.connectivity"]
    assert {"y", "z", "was_projected", "epochs"} <= set(told["nodes"][0])


def test_an_impossible_budget_returns_1_and_overwrites_nothing(here: Path) -> None:
    Path("small.nir").write_bytes(b"as it was")
    result = run_cli(*COMPRESS, "--budget", "never.toml", "-o", "small.nir")
    assert result.code == 1
    assert Path("small.nir").read_bytes() == b"as it was"
    assert result.err.splitlines()[0] == "error[ND1861]: cores is 1, allowed <= 0.5"
    assert "No training could meet the budget; the closest is shown." in result.out
    told = json.loads(run_cli(*COMPRESS, "-b", "never.toml", "-o", "small.nir", "--json").out)
    assert (told["is_met"], told["files"]) == (False, [])


def test_wrong_options_are_refused_together(here: Path) -> None:
    wrong = ("--method", "best", "--structure", "rows", "--nodes", "a", "--ranking", "luck")
    result = run_cli(*COMPRESS, "--budget", "b.toml", "-o", "small.nir", *wrong)
    assert (result.code, result.out) == (2, "")
    assert result.err.splitlines()[:-1] == [
        "error[ND2601]: --method is 'best', allowed are minimax, minimax-once, iterative, "
        "magnitude, uniform, l1",
        "error[ND2601]: --structure is 'rows', allowed are weights, channels",
        "error[ND2601]: --ranking is 'luck', allowed are share, magnitude",
        "error[ND2601]: --nodes is 'a', expected shares with commas, such as 0.3,0.1",
    ]


def test_an_interrupted_compression_is_not_begun_anew_by_mistake(here: Path) -> None:
    Path("small.checkpoint.minimax.0").write_bytes(b"of before")
    result = run_cli(*COMPRESS, "--budget", "b.toml", "-o", "small.nir")
    assert result.code == 2
    assert result.err.splitlines()[0] == (
        "error[ND2807]: small.checkpoint.minimax.0: holds an interrupted compression; go on with "
        "--resume, or delete small.checkpoint.* to start anew"
    )


def test_the_next_command_holds_the_budget_on_other_data(here: Path) -> None:
    assert run_cli(*COMPRESS, "--budget", "b.toml", "-o", "small.nir").code == 0
    result = run_cli(
        *("check", "small.nir", "--data", "train.npz", "--encode", "rate", "--steps", "6"),
        *("--budget", "b.toml"),
    )
    assert result.code == 0
    assert "compression.connectivity" in result.out


def test_the_public_verb_compresses(here: Path) -> None:
    samples = toy_samples()
    options = CompressOptions(
        method=Method.MAGNITUDE,
        train=TrainOptions(epochs=2, batch_size=30, learning_rate=0.05),
        first_layer=True,
    )
    found = neurodeploy.compress(
        toy_model(),
        samples.x,
        samples.y,
        "b.toml",
        encoding=Encoding(coder="rate", n_steps=6),
        options=options,
        validation=0.25,
    )
    assert found.prunable.n_left == 43
    assert found.is_met == found.answers
