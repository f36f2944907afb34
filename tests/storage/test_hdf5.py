"""Foreign HDF5: what h5py writes comes back, and nothing is followed, filled or made up."""

from pathlib import Path

import h5py
import numpy as np
import pytest

from neurodeploy.errors import InputError
from neurodeploy.storage.hdf5 import Group, read_hdf5


def read(path: Path, max_bytes: int = 1 << 30) -> Group:
    group = read_hdf5(path, "node", code="ND2102", suffix=".nir", max_bytes=max_bytes)
    assert group is not None
    return group


def refused(path: Path, max_bytes: int = 1 << 30) -> str:
    with pytest.raises(InputError) as caught:
        read(path, max_bytes)
    [problem] = caught.value.problems
    return problem


@pytest.mark.parametrize("dtype", ["<f4", ">f8", "<f2", "i1", ">i4", "<u8", "?"])
@pytest.mark.parametrize("shape", [(), (7,), (0, 3), (5, 6, 7)])
@pytest.mark.parametrize("storage", ["plain", "chunked", "gzip", "shuffle", "checked"])
def test_numbers_come_back(
    tmp_path: Path, dtype: str, shape: tuple[int, ...], storage: str
) -> None:
    options = {
        "plain": {},
        "chunked": {"chunks": True},
        "gzip": {"compression": "gzip"},
        "shuffle": {"compression": "gzip", "shuffle": True},
        "checked": {"fletcher32": True},
    }[storage if np.prod(shape) and shape else "plain"]
    values = (100 * np.random.default_rng(0).random(shape)).astype(dtype)
    with h5py.File(tmp_path / "x.h5", "w") as file:
        file.create_dataset("node/values", data=values, **options)
    found = read(tmp_path / "x.h5").values()["values"]
    assert found is not None
    assert found.shape == shape
    assert found.dtype.newbyteorder("=") == np.dtype(dtype).newbyteorder("=")
    np.testing.assert_array_equal(found, values)


def test_large_plain_arrays_come_back_whole(tmp_path: Path) -> None:
    """Rows beyond pyfive's 4 MiB parts, which do not divide them."""
    values = np.arange(3 * 1_200_001, dtype=np.float32).reshape(3, -1)
    with h5py.File(tmp_path / "x.h5", "w") as file:
        file["node/values"] = values
    np.testing.assert_array_equal(read(tmp_path / "x.h5").values()["values"], values)


def test_texts_and_attributes_come_back(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "x.h5", "w") as file:
        node = file.create_group("node")
        node["one"] = "größe"
        node["empty"] = ""
        node.create_dataset("fixed", (1,), "S10", [b"dense"])
        node.create_dataset("edges", data=[["a", "b"], ["b", "c"]], dtype=h5py.string_dtype())
        node.attrs["kind"], node.attrs["dt"] = "NIRNodeData", 1e-3
    group = read(tmp_path / "x.h5")
    assert [group.text(name) for name in ("one", "empty", "fixed", "edges", "absent")] == [
        "größe",
        "",
        "dense",
        None,
        None,
    ]
    edges = group.values()["edges"]
    assert edges is not None
    assert edges.tolist() == [["a", "b"], ["b", "c"]]
    assert {k: v.item() for k, v in group.attributes.items() if v is not None} == {
        "kind": "NIRNodeData",
        "dt": 1e-3,
    }


def test_what_is_neither_numbers_nor_text_is_none(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "x.h5", "w") as file:
        file["node/pair"] = np.zeros(2, [("a", "i4"), ("b", "f8")])
        file["node/values"] = 1.0
    members = read(tmp_path / "x.h5").members
    assert members["pair"] is None
    assert members["values"] == 1.0


def test_a_virtual_dataset_is_refused(tmp_path: Path) -> None:
    layout = h5py.VirtualLayout((4,), "f8")
    layout[:] = h5py.VirtualSource(str(tmp_path / "secret.h5"), "numbers", (4,))
    with h5py.File(tmp_path / "x.h5", "w", libver="latest") as file:
        file.create_virtual_dataset("node/values", layout)
    assert refused(tmp_path / "x.h5") == (
        f"{tmp_path / 'x.h5'}: node/values has no numbers of its own; perhaps another file keeps "
        "them"
    )


def test_a_form_that_is_not_read_is_said(tmp_path: Path) -> None:
    path = tmp_path / "x.h5"
    with h5py.File(path, "w", libver="latest") as file:
        file.create_dataset("node/a", (4000,), "f8", chunks=(100,))
    assert refused(path) == (
        f"{path}: the HDF5 content is damaged, or of a form that is not read (Pyfive cannot yet "
        "read HDF5 files with layout class 4)"
    )


def test_compressed_texts_are_refused(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "x.h5", "w") as file:
        file.create_dataset(
            "node/names", data=["a"] * 9, dtype=h5py.string_dtype(), compression="gzip"
        )
    assert refused(tmp_path / "x.h5") == (
        f"{tmp_path / 'x.h5'}: node/names is compressed text, which is not read; write it plainly"
    )


def test_declared_sizes_count_before_anything_is_read(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "x.h5", "w") as file:
        file.create_dataset("node/a", (1 << 62, 1 << 62), "f4", chunks=(1, 1))
    assert "declares" in refused(tmp_path / "x.h5")
    with h5py.File(tmp_path / "y.h5", "w") as file:
        file["node/a"] = np.zeros(200)
    assert refused(tmp_path / "y.h5", max_bytes=1500) == (
        f"{tmp_path / 'y.h5'}: 0.0 GiB, at most 1.39698e-06 GiB are read"
    )


def test_the_last_byte_counts(tmp_path: Path) -> None:
    path = tmp_path / "x.h5"
    with h5py.File(path, "w") as file:
        file["node/a"] = np.zeros(200)
    path.write_bytes(path.read_bytes()[:-1])
    damaged = f"{path}: the HDF5 content is damaged or cut off; copy or export it again"
    assert refused(path) == damaged


def test_an_index_that_leads_back_to_itself_ends(tmp_path: Path) -> None:
    """A tree of chunks of which every node names one child over and over: 65535 ** 3 visits."""
    path = tmp_path / "x.h5"
    with h5py.File(path, "w") as file:
        node = file.create_dataset("node/a", (4000,), "f8", chunks=(1,))
        node[:] = 1.0
    content = bytearray(path.read_bytes())
    at, found = 0, []
    while (at := content.find(b"TREE\x01", at)) >= 0:
        found.append(at)
        at += 1
    for here in found:
        if content[here + 5]:
            entry, n_used = 8 + 16 + 8, int.from_bytes(content[here + 6 : here + 8], "little")
            first = content[here + 48 : here + 56]
            for k in range(n_used):
                content[here + 48 + k * entry : here + 56 + k * entry] = first
            content[here + 6 : here + 8] = (65535).to_bytes(2, "little")
    assert len(found) > 10
    path.write_bytes(content)
    damaged = f"{path}: the HDF5 content is damaged or cut off; copy or export it again"
    assert refused(path) == damaged
