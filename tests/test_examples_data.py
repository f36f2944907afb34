"""The training experiments: their data, their network, and how they keep test images apart."""

from pathlib import Path

import numpy as np
import pytest
from support.shared import folder

from examples import fashion
from examples.networks import network
from neurodeploy.terms import Reset


def test_the_network_is_the_one_of_the_tables() -> None:
    model = network(0, leak=0.5, reset=Reset.ZERO)
    sizes = {p.name: p.shape for p in model.populations}
    assert sizes == {"conv1": (16, 14, 14), "conv2": (32, 7, 7), "fc1": (128,), "classes": (10,)}
    weights = [o.weight.shape for p in model.projections for o in p.chain if hasattr(o, "weight")]
    assert weights == [(16, 1, 5, 5), (32, 16, 3, 3), (128, 1568), (10, 128)]
    x = np.full((1, 3, 1, 28, 28), 255)
    impulse = model.simulate(x, record=["classes"]).rasters["classes"]
    assert np.isfinite(impulse).all()


def test_a_pixel_of_255_is_a_current_of_its_weights_sum() -> None:
    model = network(1, leak=0.0, reset=Reset.SUBTRACT)
    value = np.full((1, 1, 28, 28), 255.0)
    for operator in model.projections[0].chain:
        value = operator.apply(value)
    weight = model.projections[0].chain[-1].weight
    np.testing.assert_allclose(value[0, :, 7, 7], weight.sum(axis=(1, 2, 3)), rtol=1e-12)


def test_training_validation_and_test_images_are_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fashion, "DATA", folder("data") / "fashion-mnist")
    data = fashion.load_fashion()
    assert [p.n_samples for p in (data.train, data.validation, data.test)] == [20000, 5000, 10000]
    assert not set(data.train.indices) & set(data.validation.indices)
    assert {len(np.unique(p.y)) for p in (data.train, data.validation, data.test)} == {10}


def test_a_changed_file_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "train-images-idx3-ubyte.gz").write_bytes(b"changed")
    monkeypatch.setattr(fashion, "DATA", tmp_path)
    with pytest.raises(SystemExit, match=r"train-images-idx3-ubyte\.gz: sha256 is"):
        fashion.load_fashion()
