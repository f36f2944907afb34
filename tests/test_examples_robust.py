"""The robust experiment at toy size: every arm comes about, and its figures are kept."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from support.shared import folder

from examples import fashion
from examples.robust import arms
from examples.robust import fashion as experiment

SIZE = replace(
    arms.TOY, n_train=64, n_finetuned=64, n_validation=20, n_attacked=10, n_calibration=32
)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(fashion, "DATA", folder("data") / "fashion-mnist")
    monkeypatch.setattr(arms, "TRAINED", tmp_path)
    monkeypatch.setattr(experiment, "TRAINED", tmp_path)
    return tmp_path


def test_the_headline_is_kept_and_not_done_twice(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = {name: arms.ARMS[name] for name in ("method", "none", "old_statistics")}
    monkeypatch.setattr(experiment, "ARMS", few)
    monkeypatch.setattr(experiment, "FIRST", ("method", "none"))
    experiment.main(SIZE)
    document = json.loads((here / "robust_toy.json").read_text())
    names = {"ann_natural", "ann_robust", "method", "none", "old_statistics"}
    assert set(document["runs"]) == names
    method = document["runs"]["method"]["0"]
    assert len(method["own"]) == 19
    assert method["robust"] <= min(method["own"].values()) <= method["clean"]
    assert document["runs"]["none"]["0"]["own"] == {}
    assert (here / "robust_toy_method_0").is_dir()
    before = (here / "robust_toy.json").read_bytes()
    experiment.main(SIZE)
    assert (here / "robust_toy.json").read_bytes() == before


def test_each_arm_leaves_out_what_it_says(here: Path) -> None:
    data = arms.data_of(SIZE)
    theta = {
        name: [
            float(p.neuron.v_threshold)  # type: ignore[union-attr]  # If, as the names say
            for p in arms.spiking(name, 0, data, SIZE).populations[:-1]
        ]
        for name in ("method", "fixed_thresholds", "unscaled")
    }
    start = arms.converted(arms.ARMS["method"], 0, data, SIZE)
    given = [float(p.neuron.v_threshold) for p in start.populations[:-1]]  # type: ignore[union-attr]  # as above
    assert theta["fixed_thresholds"] == given
    assert theta["method"] != given
    assert min(u / g for u, g in zip(theta["unscaled"], given, strict=True)) > 2
