"""NIR's container, leniently: HDF5 with `node/nodes/NAME/{type, fields}` and `node/edges`.

A node of type NIRGraph has `nodes` and `edges` of its own.
"""

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
MAX_DEPTH = 64
"""Groups within groups; a graph in a graph takes two."""

Field = NDArray[np.float64] | str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RawNode:
    """A node as the file has it: its NIR type and its fields, numbers as float64.

    `unreadable` names the fields that hold neither numbers nor one text; `graph` is what a node of
    type NIRGraph holds.
    """

    name: str
    kind: str
    fields: Mapping[str, Field]
    unreadable: tuple[str, ...] = ()
    graph: "RawGraph | None" = None


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
    if not _is_graph(root):
        raise InputError(
            "ND2102", f"{path}: an HDF5 file without a NIR graph (node/nodes and node/edges)"
        )
    _check_content(path, root)
    metadata = root.get("metadata")
    has_notes = isinstance(metadata, h5py.Group) and NOTES_KEY in metadata
    notes = _text(metadata[NOTES_KEY][()]) if has_notes else None
    return _content(path, root, notes)


def _is_graph(group: h5py.Group | h5py.Dataset | None) -> bool:
    return (
        isinstance(group, h5py.Group)
        and isinstance(group.get("nodes"), h5py.Group)
        and isinstance(group.get("edges"), h5py.Dataset)
    )


def _content(path: Path, group: h5py.Group, notes: str | None = None) -> RawGraph:
    nodes = {name: _node(path, name, item) for name, item in group["nodes"].items()}
    edges = np.asarray(group["edges"][()]).reshape(-1, 2)
    return RawGraph(nodes=nodes, edges=tuple((_text(a), _text(b)) for a, b in edges), notes=notes)


def _check_content(path: Path, root: h5py.Group) -> None:
    n_bytes = 0
    for name, dataset in _datasets(path, root, "node", {_address(root)}):
        if dataset.is_virtual or dataset.external:
            raise InputError("ND2102", f"{path}: {name} keeps its numbers in another file")
        n_bytes += 8 * int(dataset.size or 0)
    if n_bytes > MAX_BYTES:
        raise InputError(
            "ND2102",
            f"{path}: declares {n_bytes / 2**30:.1f} GiB of numbers, at most "
            f"{MAX_BYTES / 2**30:g} GiB are read",
        )


def _datasets(
    path: Path, group: h5py.Group, where: str, seen: set[int]
) -> Iterator[tuple[str, h5py.Dataset]]:
    """Yield every dataset below `group`, each of which has one name only."""
    if where.count("/") > MAX_DEPTH:
        raise InputError("ND2102", f"{path}: {where[:60]}... lies {MAX_DEPTH} groups deep")
    for name in group:
        here = f"{where}/{name}"
        if not isinstance(group.get(name, getlink=True), h5py.HardLink):
            raise InputError("ND2102", f"{path}: {here} is a link to another place")
        item = group[name]
        address = _address(item)
        if address in seen:
            raise InputError("ND2102", f"{path}: {here} is a second name of something else")
        seen.add(address)
        if isinstance(item, h5py.Dataset):
            yield here, item
        elif isinstance(item, h5py.Group):
            yield from _datasets(path, item, here, seen)


def _address(item: h5py.Group | h5py.Dataset) -> int:
    """Return what two names of one object have in common."""
    return int(h5py.h5o.get_info(item.id).addr)


def _node(path: Path, name: str, group: h5py.Group | h5py.Dataset) -> RawNode:
    if not isinstance(group, h5py.Group) or not isinstance(group.get("type"), h5py.Dataset):
        raise InputError("ND2102", f"{path}: node {name!r} has no type")
    kind = _text(group["type"][()])
    if kind == "NIRGraph":
        if not _is_graph(group):
            raise InputError("ND2102", f"{path}: node {name!r} is a graph without nodes or edges")
        return RawNode(name=name, kind=kind, fields={}, graph=_content(path, group))
    datasets = {k: v for k, v in group.items() if isinstance(v, h5py.Dataset) and k != "type"}
    fields = {key: _field(item) for key, item in datasets.items()}
    return RawNode(
        name=name,
        kind=kind,
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
