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


def test_the_record_and_the_diagnosis_lie_beside_the_network(files: Path) -> None:
    run = run_cli(
        "convert", "ann", "--data", "data.npz", "-o", "snn.nir", "-T", 16, "--html", "snn.html"
    )
    assert run.code == 0, run.err
    found = json.loads(Path("snn.convert.json").read_text())
    assert found["calibration"]["n_samples"] == 60
    assert [layer["name"] for layer in found["diagnosis"]["layers"]] == ["layer1", "layer2"]
    assert len(found["diagnosis"]["accuracy"]) == 16
    assert "of it own" in run.out
    assert "same answer as the ANN, %" in run.out
    assert "correlation of rates and activations" in Path("snn.html").read_text()


def test_the_artificial_network_is_measured_on_test_samples_that_choose_nothing(
    files: Path,
) -> None:
    x = anns.samples(2, 40).x
    y = anns.layers(0).simulate(x[:, None]).predictions()
    y[:10] = (y[:10] + 1) % 4
    np.savez("test.npz", x=x, y=y)
    arguments = ("convert", "ann", "--data", "data.npz", "-o", "snn.nir", "-T", 16, "--json")
    plain, measured = run_cli(*arguments), run_cli(*arguments, "--test", "test.npz")
    assert measured.code == 0, measured.err
    found = json.loads(measured.out)
    assert found.pop("test") == {
        "data": "test.npz",
        "n_samples": 40,
        "n_right": 30,
        "ann_accuracy": 0.75,
    }
    without = json.loads(plain.out)
    assert without.pop("test") is None
    assert found == without


def test_integers_are_diagnosed_on_the_chip_that_is_named(files: Path) -> None:
    arguments = ("convert", "ann", "--data", "data.npz", "-o", "snn.nir", "-T", 16)
    run = run_cli(*arguments, "--chip", "ideal", "--json")
    integers = json.loads(run.out)["diagnosis"]["integers"]
    assert (integers["chip"], integers["n_samples"]) == ("ideal", 10)
    assert all(layer["rounding"] < 0.2 for layer in integers["layers"])


def test_a_percentile_is_chosen_on_the_other_half_of_the_data(files: Path) -> None:
    run = run_cli(
        "convert", "ann", "--data", "data.npz", "-o", "snn.nir", "-T", 16, "--choose", "--json"
    )
    assert run.code == 0, run.err
    answer = json.loads(run.out)
    assert answer["calibration"]["n_samples"] == 30
    assert answer["history"][-1] == (
        "the percentile was chosen among 99, 99.9, 99.99, 100 on 30 other samples of data.npz, "
        "after 16 steps"
    )


@pytest.mark.parametrize("form", [("--reset", "zero"), ("--levels", "4")])
def test_finetuning_keeps_the_network_deployable(files: Path, form: tuple[str, str]) -> None:
    arguments = ("convert", "ann", "--data", "data.npz", "-o", "snn.nir", "-T", 8, *form)
    run = run_cli(*arguments, "--finetune", 1)
    assert run.code == 0, run.err
    assert any(line.startswith("trained: ") for line in api.load("snn.nir").history)
    assert run_cli("compile", "snn.nir", "--chip", "ideal", "--input-coding", "injected").code == 0


def test_a_normalisation_is_folded_into_the_network(files: Path) -> None:
    raw = np.load("data.npz")
    np.savez("raw.npz", x=raw["x"] * 4 + 2, y=raw["y"])
    options = ("-o", "raw.nir", "--mean", "2", "--std", "4", "--rule", "max", "-T", 64, "--json")
    run = run_cli("convert", "ann", "--data", "raw.npz", *options)
    assert run.code == 0, run.err
    assert json.loads(run.out)["diagnosis"]["ann_accuracy"] == 1.0


def test_what_contradicts_itself_is_refused_before_any_work(files: Path) -> None:
    x = np.load("data.npz")["x"]
    np.savez("unlabelled.npz", x=x)
    run = run_cli(
        "convert",
        "ann",
        *("--data", "unlabelled.npz", "-o", "x.nir", "--choose", "--finetune", 1),
        *("--percentile", 99),
    )
    assert run.code == 2
    assert run.err.splitlines()[:3] == [
        "error[ND2601]: --choose needs labels y, which unlabelled.npz does not hold",
        "error[ND2601]: --finetune needs labels y, which unlabelled.npz does not hold",
        "error[ND2601]: --choose chooses the percentile; leave out --percentile and --robust",
    ]


def test_a_deep_hard_reset_is_warned_of_while_converting(tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    write_model(anns.layers(0, (6, 20, 15, 10, 4)), Path("deep"))
    np.savez("data.npz", x=anns.samples(1, 40).x)
    run = run_cli("convert", "deep", "--data", "data.npz", "-o", "x.nir", "--reset", "zero")
    assert "warning: 3 layers converted with hard reset follow each other" in run.out
