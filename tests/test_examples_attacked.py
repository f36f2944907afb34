"""The experiments on deployed integers and on N-MNIST's spikes, at toy size."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from support.shared import folder

import examples.nmnist
from examples import fashion
from examples.robust import arms, deployed, events

SIZE = replace(arms.TOY, n_train=64, n_validation=20, n_attacked=6, n_calibration=32)


@pytest.mark.slow
def test_integers_are_attacked_with_and_without_an_exit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fashion, "DATA", folder("data") / "fashion-mnist")
    monkeypatch.setattr(arms, "TRAINED", tmp_path)
    monkeypatch.setattr(deployed, "TRAINED", tmp_path)
    deployed.main(SIZE)
    found = json.loads((tmp_path / "robust_deployed.json").read_text())["runs"]["0"]
    assert found["float"]["n"] == 6
    assert found["without_exit"]["robust"] <= found["without_exit"]["transferred"]
    assert found["without_exit"]["policy"] is None
    assert found["with_exit"]["policy"].startswith("margin above ")
    assert set(found["with_exit"]["battery"]) == {"synops", "steps"}
    assert len(found["with_exit"]["exits"]) == arms.N_STEPS + 5
    assert found["float"]["masking"]["n_samples"] == 6


@pytest.mark.slow
def test_spikes_of_nmnist_are_attacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(examples.nmnist, "DATA", folder("data") / "nmnist" / "nmnist_small.npz")
    monkeypatch.setattr(events, "MODEL", folder("models") / "nir" / "cnn_sinabs.nir")
    monkeypatch.setattr(events, "TRAINED", tmp_path)
    events.main(toy=True)
    found = json.loads((tmp_path / "robust_events.json").read_text())
    assert found["clean"] == 1.0
    assert {row["chosen"] for row in found["spikes"]} == {
        "triangular-1",
        "straight-through",
        "worst",
        "random",
    }
    assert all(row["mean_changes"] <= row["budget"] for row in found["spikes"])
