"""The examples' data, where it comes from, and how test images are kept apart."""

import gzip
import hashlib
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
from support.shared import folder

from examples import debian, fashion, mnist
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


def test_every_changed_or_missing_file_is_named_with_the_remedy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "t10k-images-idx3-ubyte.gz").write_bytes(b"damaged")
    (tmp_path / "t10k-labels-idx1-ubyte.gz").write_bytes(gzip.compress(b"changed"))
    monkeypatch.setattr(fashion, "DATA", tmp_path)
    monkeypatch.setattr(mnist, "DATA", tmp_path)
    with pytest.raises(SystemExit) as ended:
        fashion.load_fashion()
    expected = fashion.CHECKSUMS["t10k-labels-idx1"]
    assert str(ended.value).splitlines() == [
        f"{tmp_path}/train-images-idx3-ubyte.gz: no such file",
        f"{tmp_path}/train-labels-idx1-ubyte.gz: no such file",
        f"{tmp_path}/t10k-images-idx3-ubyte.gz: Not a gzipped file (b'da')",
        f"{tmp_path}/t10k-labels-idx1-ubyte.gz: sha256 is "
        f"{hashlib.sha256(b'changed').hexdigest()}, expected {expected}",
        fashion.REMEDY,
    ]
    with pytest.raises(SystemExit, match=mnist.REMEDY):
        mnist.load_mnist()


@pytest.fixture
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """No folder given, none installed; returns the empty cache."""
    monkeypatch.delenv("NEURODEPLOY_DATA", raising=False)
    for name in ("DATA", "INSTALLED", "CACHED"):
        monkeypatch.setattr(fashion, name, tmp_path / name.lower())
    return tmp_path / "cached"


def test_the_archive_of_a_package_becomes_the_cached_folder(
    nowhere: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = packaged(tmp_path / "package")
    debian.unpack(archive, fashion.INSIDE, nowhere)
    sums = {name: hashlib.sha256(name.encode()).hexdigest() for name in fashion.CHECKSUMS}
    with pytest.raises(SystemExit, match=f"delete {nowhere}, and it is fetched again"):
        fashion.files()
    monkeypatch.setattr(fashion, "CHECKSUMS", sums)
    assert fashion.files() == nowhere


def test_a_damaged_archive_leaves_no_folder(nowhere: Path, tmp_path: Path) -> None:
    archive = packaged(tmp_path / "package")
    archive.write_bytes(archive.read_bytes()[:300])
    with pytest.raises(SystemExit, match=r"dpkg-deb -x .* failed: .*; the archive may be damaged"):
        debian.unpack(archive, fashion.INSIDE, nowhere)
    assert not nowhere.exists()


def test_without_network_the_remedy_is_named(
    nowhere: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    apt()
    empty = tmp_path / "apt.conf"
    empty.write_text('Dir::Etc::sourcelist "/dev/null"; Dir::Etc::sourceparts "/dev/null";')
    monkeypatch.setenv("APT_CONFIG", str(empty))
    monkeypatch.setenv("LC_ALL", "C")
    with pytest.raises(SystemExit) as ended:
        fashion.files()
    reason, remedy = str(ended.value).rsplit("\n", 1)
    assert reason.startswith("apt-get download dataset-fashion-mnist failed: E: ")
    assert reason.endswith("; as root, `apt-get update` renews its lists")
    assert remedy == fashion.REMEDY
    assert not nowhere.exists()


def test_without_apt_the_remedy_is_named(nowhere: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(SystemExit) as ended:
        fashion.files()
    assert str(ended.value) == (f"apt-get is absent: this is no Debian or Ubuntu\n{fashion.REMEDY}")


@pytest.mark.slow
def test_debian_has_the_files_as_published(nowhere: Path) -> None:
    """Needs the network."""
    apt()
    try:
        debian.fetch(fashion.PACKAGE, fashion.INSIDE, nowhere)
    except SystemExit as reason:
        pytest.skip(f"{reason}")
    assert fashion.files() == nowhere
    assert [path.name for path in nowhere.parent.iterdir()] == ["cached"]


def packaged(root: Path) -> Path:
    """A package of the same form, with other files in it."""
    apt()
    inside, control = root / fashion.INSIDE, root / "DEBIAN/control"
    inside.mkdir(parents=True)
    control.parent.mkdir()
    control.write_text(
        "Package: small\nVersion: 1\nArchitecture: all\nMaintainer: nobody <no@where>\n"
        "Description: small\n"
    )
    for name in fashion.CHECKSUMS:
        (inside / f"{name}-ubyte.gz").write_bytes(gzip.compress(name.encode(), mtime=0))
    archive = root.with_suffix(".deb")
    build = ["dpkg-deb", "--root-owner-group", "-b", str(root), str(archive)]
    subprocess.run(build, check=True, capture_output=True)
    return archive


def apt() -> None:
    if not (shutil.which("apt-get") and shutil.which("dpkg-deb")):
        pytest.skip("apt-get or dpkg-deb is absent; Debian and Ubuntu have them")
