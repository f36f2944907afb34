"""`make cifar` at toy size, and what its full size stands on."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from examples import once
from examples.cuda import images
from examples.cuda.augmented import Augmented
from examples.cuda.cifar import TOY, main
from examples.cuda.networks import preact_resnet18, vgg11
from neurodeploy.learning.twin import Twin
from neurodeploy.methods.robust.adversarial import Adversarial
from neurodeploy.model import Conv2d, Model


def test_the_toy_size_runs_every_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(once, "TRAINED", tmp_path)
    main(TOY, images.toy_images(), tmp_path / "figures.json")
    document = json.loads((tmp_path / "figures.json").read_text())
    assert (document["data"], document["device"]) == ("seeded noise", "CPU")
    assert document["settings"]["name"] == "toy"
    assert list(document["runs"]) == [
        "DSR, IF, T=2",
        "natural ANN, robust finetuning",
        "robust ANN, robust finetuning",
    ]
    for figures in document["runs"].values():
        assert 0 <= figures["test"] <= 1
    robust = document["runs"]["robust ANN, robust finetuning"]
    assert robust["robust"] <= robust["clean"]
    assert any("PGD-1 on the labels" in line for line in robust["history"])


def channels(model: Model) -> list[int]:
    chains = [o for p in model.projections for o in p.chain]
    return [o.weight.shape[0] for o in chains if isinstance(o, Conv2d)]


def test_the_networks_have_the_published_layers() -> None:
    vgg = vgg11(0, share=1 / 64, dense=8)
    assert channels(vgg) == [1, 2, 4, 4, 8, 8, 8, 8]
    assert [p.size for p in vgg.populations[-3:]] == [8, 8, 10]
    resnet = preact_resnet18(0, theta=6.0, width=1)
    # A stem, four stages of four, and three convolutions around blocks that change the size.
    assert len(channels(resnet)) == 1 + 16 + 3
    x = torch.zeros(2, 2, 3, 32, 32)
    assert Twin(vgg)(x[:, :1]).logits.shape == (2, 10)
    assert Twin(resnet)(x).logits.shape == (2, 10)
    inside = [p for p in resnet.projections if p.target == "block1a_sum"]
    assert sorted(len(p.chain) for p in inside) == [0, 1]


def test_images_are_read_as_they_are_published(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(images, "DATA", tmp_path)
    rng = np.random.default_rng(0)
    names = [*(f"data_batch_{k}.bin" for k in range(1, 6)), "test_batch.bin"]
    records = rng.integers(0, 256, (100, images.RECORD), dtype=np.uint8)
    records[:, 0] %= 10
    for name in names:
        np.tile(records, (100, 1)).tofile(tmp_path / name)
    found = images.load_cifar10()
    assert [p.n_samples for p in (found.train, found.validation, found.test)] == [
        45_000,
        5_000,
        10_000,
    ]
    assert found.test.x[7, 1, 2, 3] == records[7, 1 + 1024 + 2 * 32 + 3]
    assert found.test.y is not None
    assert found.test.y[7] == records[7, 0]
    assert found.train.indices is not None
    assert found.validation.indices is not None
    assert not set(found.train.indices) & set(found.validation.indices)
    records[:50].tofile(tmp_path / "test_batch.bin")
    with pytest.raises(SystemExit, match=r"test_batch\.bin: 153650 bytes, expected 10000 records"):
        images.load_cifar10()
    (tmp_path / "test_batch.bin").unlink()
    with pytest.raises(SystemExit, match=r"test_batch\.bin is not there; unpack"):
        images.load_cifar10()


def test_images_are_shifted_mirrored_and_cut_alike_in_every_step() -> None:
    augmented = Augmented(inner=Adversarial(adversary=None), shift=2, hole=4)
    image = torch.arange(1.0, 1 + 40 * 3 * 16 * 16).reshape(40, 3, 16, 16)
    generator = torch.Generator().manual_seed(0)
    mirrored = augmented._mirrored(image, generator)
    turned = (mirrored == image.flip(3)).flatten(1).all(dim=1)
    kept = (mirrored == image).flatten(1).all(dim=1)
    assert (turned ^ kept).all()
    assert 0 < turned.sum() < 40
    shifted = augmented._shifted(image, generator)
    offsets = set()
    for before, after in zip(image, shifted, strict=True):
        inner = after[:, 2:14, 2:14]
        first = int((before == inner[0, 0, 0]).nonzero()[0, 1])
        second = int((before == inner[0, 0, 0]).nonzero()[0, 2])
        assert torch.equal(inner, before[:, first : first + 12, second : second + 12])
        offsets.add((first, second))
    assert {a for a, _ in offsets} == {b for _, b in offsets} == {0, 1, 2, 3, 4}
    cut = (augmented._holed(image, generator) == 0)[:, 0].flatten(1).sum(dim=1)
    assert cut.max() == 16
    assert cut.min() >= 4  # a square at the edge loses some
    assert augmented.line == "shift 2, mirror, hole 4; loss of clean samples"
