"""`neurodeploy convert`, as a user types it."""

import json
from pathlib import Path

import numpy as np
import pytest
from support import anns
from support.cli import run_cli

from neurodeploy import api
from neurodeploy.model import Model
from neurodeploy.model.model_file import read_model, write_model


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    write_model(anns.layers(0), Path("ann"))
    x = anns.samples(1, 60).x
    y = anns.layers(0).simulate(x[:, None]).predictions()
    np.savez("data.npz", x=x, y=y)
    return tmp_path


def test_converted_networks_are_nir_files_that_compile_and_run(files: Path) -> None:
    run = run_cli("convert", "ann", "--data", "data.npz", "-o", "snn.nir", "--rule", "max")
    assert run.code == 0, run.err
    model = api.load("snn.nir")
    assert any(line.startswith("converted: thresholds are the largest") for line in model.history)
    arguments = ("profile", "snn.nir", "--data", "data.npz", "--encode", "direct", "--json")
    profiled = run_cli(*arguments, "--steps", "64", "--chip", "ideal")
    assert profiled.code == 0, profiled.err
    assert json.loads(profiled.out)["metrics"]["accuracy"]["value"] > 0.9


def test_json_holds_the_calibration_record(files: Path) -> None:
    run = run_cli("convert", "ann", "--data", "data.npz", "-o", "snn.nir", "--json", "--seed", 5)
    record = json.loads(run.out)["calibration"]
    assert (record["rule"], record["n_samples"], record["seed"]) == ("percentile", 60, 5)
    assert set(record["thresholds"]) == {"layer1", "layer2"}


def test_a_network_that_nir_cannot_hold_becomes_a_folder(files: Path) -> None:
    run = run_cli("convert", "ann", "--data", "data.npz", "-o", "snn", "--reset", "zero")
    assert run.code == 0, run.err
    assert isinstance(read_model(Path("snn")), Model)


def test_unknown_rules_are_refused_at_once(files: Path) -> None:
    run = run_cli(
        "convert", "ann", "--data", "data.npz", "-o", "x.nir", "--rule", "mean", "--reset", "half"
    )
    assert run.code == 2
    assert run.err.splitlines()[:2] == [
        "error[ND2601]: --rule is 'mean', allowed are max, percentile, robust",
        "error[ND2601]: --reset is 'half', allowed are subtract, zero",
    ]
