"""What the commands print, word for word, on the demo network."""

import json
from pathlib import Path

import numpy as np
import pytest
from support.cli import run_cli
from support.golden_text import assert_golden

from neurodeploy.frontends.demo import CODING_SEED, DEMO_NETWORK, N_STEPS
from neurodeploy.frontends.digits import load_digits
from neurodeploy.frontends.encoders import rate


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "model.nir").write_bytes(DEMO_NETWORK.read_bytes())
    test = load_digits().test
    x = rate(test.x[:20], N_STEPS, CODING_SEED)
    np.savez(tmp_path / "test.npz", x=x, y=test.y[:20])
    (tmp_path / "measured.txt").write_text("power_w = 0.12\nstep_time_s = 8e-6\n")
    np.savez(tmp_path / "plain.npz", x=test.x[:20], y=test.y[:20])
    return tmp_path


COMMANDS = {
    "inspect": ["inspect", "model.nir"],
    "compile": ["compile", "model.nir", "-o", "build"],
    "compile_calibrated": ["compile", "model.nir", "--data", "test.npz"],
    "compile_loihi1": ["compile", "model.nir", "--chip", "loihi1"],
    "profile": ["profile", "model.nir", "--data", "test.npz"],
    "profile_ideal": ["profile", "model.nir", "--data", "test.npz", "--chip", "ideal"],
    "profile_speck2": ["profile", "model.nir", "--data", "test.npz", "--chip", "speck2"],
    "profile_truenorth": ["profile", "model.nir", "--data", "test.npz", "--chip", "truenorth"],
    "profile_measured": [
        *("profile", "model.nir", "--data", "test.npz", "--chip", "loihi1-fitted"),
        *("--measured", "measured.txt"),
    ],
    "profile_encoded": [
        *("profile", "model.nir", "--data", "plain.npz"),
        *("--encode", "rate", "--steps", "10", "-o", "report"),
    ],
    "profile_renderings": [
        *("profile", "model.nir", "--data", "test.npz", "-o", "report", "--html", "page.html"),
        *("--csv", "layers.csv", "--markdown", "summary.md", "--trace", "trace.json"),
    ],
    "run": ["run", "model.nir", "--data", "test.npz", "-o", "out.npz", "--record", "hidden"],
    "chips": ["chips"],
    "chips_show": ["chips", "show", "loihi1"],
    "chips_show_speck2": ["chips", "show", "speck2"],
    "chips_show_truenorth": ["chips", "show", "truenorth"],
    "chips_check": ["chips", "check", "loihi2"],
    "chips_check_all_in": ["chips", "check", "truenorth"],
    "chips_new": ["chips", "new", "mine", "--from", "loihi1", "-o", "my-chip.toml"],
    "explain": ["explain", "ND3201"],
}


@pytest.mark.parametrize("name", COMMANDS)
def test_text_of(request: pytest.FixtureRequest, here: Path, name: str) -> None:
    result = run_cli(*COMMANDS[name])
    assert (result.code, result.err) == (0, "")
    assert "\nNext: neurodeploy " in result.out
    text = "\n".join(line.rstrip() for line in result.out.splitlines()) + "\n"
    assert_golden(request, f"{name}.txt", text)


@pytest.mark.parametrize("name", [n for n in COMMANDS if n != "explain"])
def test_tables_fit_80_columns(here: Path, name: str) -> None:
    lines = run_cli(*COMMANDS[name]).out.splitlines()
    tables = [line for line in lines if "  " in line.strip()]
    assert max(map(len, tables), default=0) <= 80


@pytest.mark.parametrize("name", COMMANDS)
def test_json_is_one_document(here: Path, name: str) -> None:
    result = run_cli(*COMMANDS[name], "--json")
    assert result.code == 0
    assert json.loads(result.out) is not None


def test_recorded_rasters_are_written(here: Path) -> None:
    assert run_cli(*COMMANDS["run"]).code == 0
    with np.load("out.npz") as written:
        assert written["predictions"].shape == (20,)
        assert (
            written["spikes.hidden"].shape == written["v.hidden"].shape == written["u.hidden"].shape
        )
        assert written["spikes.hidden"].shape[0] == 20
