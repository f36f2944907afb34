"""NIR's container, leniently: HDF5 with `node/nodes/NAME/{type, fields}` and `node/edges`."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import h5py
import numpy as np
from numpy.typing import NDArray

from neurodeploy.errors import InputError

NOTES_KEY = "neurodeploy"
MAX_BYTES = 2 << 30
"""Numbers a file may declare, as float64; checked before anything is allocated."""

Field = NDArray[np.float64] | str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RawNode:
    """A node as the file has it: its NIR type and its fields, numbers as float64.

    `unreadable` names the fields that hold neither numbers nor one text.
    """

    name: str
    kind: str
    fields: Mapping[str, Field]
    unreadable: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RawGraph:
    """Nodes by name, edges in the file's order, and our own metadata text or None."""

    nodes: Mapping[str, RawNode]
    edges: tuple[tuple[str, str], ...]
    notes: str | None


def read_graph(path: Path) -> RawGraph:
    """Return the graph in the file `path`.

    Links to other files, virtual datasets and pickled objects are refused, never followed.

    Raises
    ------
    InputError
        If there is no such file (ND2101), or it is no readable NIR graph (ND2102).
    """
    if not path.is_file():
        raise InputError("ND2101", f"{path}: no such file")
    if not h5py.is_hdf5(path):
        raise InputError("ND2102", f"{path}: not an HDF5 file, which every .nir is")
    try:
        with h5py.File(path, "r") as file:
            return _graph(path, file)
    except (OSError, RuntimeError, KeyError, ValueError, TypeError) as error:
        raise InputError(
            "ND2102", f"{path}: the HDF5 content is damaged or cut off; copy or export it again"
        ) from error


def _graph(path: Path, file: h5py.File) -> RawGraph:
    root = file.get("node")
    if not isinstance(root, h5py.Group) or "nodes" not in root or "edges" not in root:
        raise InputError(
            "ND2102", f"{path}: an HDF5 file without a NIR graph (node/nodes and node/edges)"
        )
    _check_content(path, root)
    nodes = {name: _node(path, name, group) for name, group in root["nodes"].items()}
    edges = np.asarray(root["edges"][()]).reshape(-1, 2)
    metadata = root.get("metadata")
    notes = metadata[NOTES_KEY][()] if metadata is not None and NOTES_KEY in metadata else None
    return RawGraph(
        nodes=nodes,
        edges=tuple((_text(a), _text(b)) for a, b in edges),
        notes=None if notes is None else _text(notes),
    )


def _check_content(path: Path, root: h5py.Group) -> None:
    n_bytes = 0
    for name, dataset in _datasets(path, root, "node"):
        if dataset.is_virtual or dataset.external:
            raise InputError("ND2102", f"{path}: {name} keeps its numbers in another file")
        n_bytes += 8 * int(dataset.size or 0)
    if n_bytes > MAX_BYTES:
        raise InputError(
            "ND2102",
            f"{path}: declares {n_bytes / 2**30:.1f} GiB of numbers, at most "
            f"{MAX_BYTES / 2**30:g} GiB are read",
        )


def _datasets(path: Path, group: h5py.Group, where: str) -> Iterator[tuple[str, h5py.Dataset]]:
    """Yield what `read_graph` may touch; a flat graph is three groups deep."""
    for name in group:
        here = f"{where}/{name}"
        if not isinstance(group.get(name, getlink=True), h5py.HardLink):
            raise InputError("ND2102", f"{path}: {here} is a link to another place")
        item = group[name]
        if isinstance(item, h5py.Dataset):
            yield here, item
        elif here.count("/") < 3:
            yield from _datasets(path, item, here)


def _node(path: Path, name: str, group: h5py.Group | h5py.Dataset) -> RawNode:
    if not isinstance(group, h5py.Group) or not isinstance(group.get("type"), h5py.Dataset):
        raise InputError("ND2102", f"{path}: node {name!r} has no type")
    datasets = {k: v for k, v in group.items() if isinstance(v, h5py.Dataset) and k != "type"}
    fields = {key: _field(item) for key, item in datasets.items()}
    return RawNode(
        name=name,
        kind=_text(group["type"][()]),
        fields={key: value for key, value in fields.items() if value is not None},
        unreadable=tuple(key for key, value in fields.items() if value is None),
    )


def _field(dataset: h5py.Dataset) -> Field | None:
    if dataset.dtype.kind in "fiub":
        return np.asarray(dataset[()], dtype=np.float64)
    if h5py.check_string_dtype(dataset.dtype) is not None and dataset.shape == ():
        return _text(dataset[()])
    return None


def _text(value: Any) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)
