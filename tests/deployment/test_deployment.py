"""A deployment comes back from its folder as it was; a changed or foreign folder is refused."""

import json
from pathlib import Path

import numpy as np
import pytest
from support.deploy import deployed
from support.models import dense_if_model

from neurodeploy import toolchain
from neurodeploy.deployment.deployment import Deployment
from neurodeploy.errors import InputError


@pytest.fixture
def deployment() -> Deployment:
    return deployed(dense_if_model(np.random.default_rng(1), sizes=(6, 5, 4)))


def test_folder_gives_back_the_same_deployment(deployment: Deployment, tmp_path: Path) -> None:
    toolchain.save(deployment, tmp_path / "build")
    assert toolchain.load_deployment(tmp_path / "build").digest == deployment.digest


def test_equal_deployments_are_written_in_equal_bytes(
    deployment: Deployment, tmp_path: Path
) -> None:
    for name in ("a", "b"):
        toolchain.save(deployment, tmp_path / name)
    for file in ("deployment.json", "arrays.npz", "model.nir"):
        assert (tmp_path / "a" / file).read_bytes() == (tmp_path / "b" / file).read_bytes()


def test_folder_that_is_not_ours_is_left_alone(deployment: Deployment, tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(InputError) as caught:
        toolchain.save(deployment, tmp_path)
    assert str(caught.value) == (
        f"ND2401: {tmp_path}: exists and holds no deployment.json, so it is not ours to replace; "
        "choose another folder with -o"
    )
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_our_own_folder_is_replaced(deployment: Deployment, tmp_path: Path) -> None:
    folder = tmp_path / "build"
    toolchain.save(deployment, folder)
    (folder / "stale.txt").write_text("from the last build")
    toolchain.save(deployment, folder)
    assert not (folder / "stale.txt").exists()
    assert [path.name for path in tmp_path.iterdir()] == ["build"]


def test_changed_content_is_refused(deployment: Deployment, tmp_path: Path) -> None:
    folder = tmp_path / "build"
    toolchain.save(deployment, folder)
    path = folder / "deployment.json"
    document = json.loads(path.read_text())
    document["deployment"]["target"] = "another"
    path.write_text(json.dumps(document))
    with pytest.raises(InputError) as caught:
        toolchain.load_deployment(folder)
    assert str(caught.value) == (
        f"ND2402: {folder}: its content does not match its digest; compile it again"
    )


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"schema": 1}', "\x00"])
def test_damaged_document_is_refused(text: str, tmp_path: Path) -> None:
    (tmp_path / "deployment.json").write_text(text)
    with pytest.raises(InputError, match=r"^ND2402: .*deployment.json: not a deployment"):
        toolchain.load_deployment(tmp_path)


def test_pickled_arrays_are_never_loaded(deployment: Deployment, tmp_path: Path) -> None:
    folder = tmp_path / "build"
    toolchain.save(deployment, folder)
    np.savez(folder / "arrays.npz", evil=np.array([{"a": 1}], dtype=object))
    with pytest.raises(InputError, match=r"^ND2302: "):
        toolchain.load_deployment(folder)
