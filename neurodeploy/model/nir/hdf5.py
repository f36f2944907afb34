"""NIR's container, leniently: HDF5 with `node/nodes/NAME/{type, fields}` and `node/edges`.

A node of type NIRGraph has `nodes` and `edges` of its own.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from neurodeploy.errors import InputError
from neurodeploy.storage.hdf5 import Group, Value, one_text, read_hdf5

NOTES_KEY = "neurodeploy"

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

    Raises
    ------
    InputError
        If there is no such file (ND2101), or it is no readable NIR graph (ND2102).
    """
    if not path.is_file():
        raise InputError("ND2101", f"{path}: no such file")
    root = read_hdf5(path, "node", code="ND2102", suffix=".nir")
    if root is None or not _is_graph(root):
        raise InputError(
            "ND2102", f"{path}: an HDF5 file without a NIR graph (node/nodes and node/edges)"
        )
    metadata = root.group("metadata")
    return _content(path, root, None if metadata is None else metadata.text(NOTES_KEY))


def _is_graph(group: Group) -> bool:
    edges = group.members.get("edges")
    return group.group("nodes") is not None and isinstance(edges, np.ndarray)


def _content(path: Path, group: Group, notes: str | None = None) -> RawGraph:
    nodes, edges = group.group("nodes"), group.members["edges"]
    assert nodes is not None
    assert isinstance(edges, np.ndarray)
    if edges.size and (edges.shape[1:] != (2,) or edges.dtype.kind != "U"):
        raise InputError(
            "ND2102", f"{path}: edges has shape {edges.shape}, expected pairs of names"
        )
    return RawGraph(
        nodes={name: _node(path, name, item) for name, item in nodes.members.items()},
        edges=tuple((str(a), str(b)) for a, b in edges.reshape(-1, 2)),
        notes=notes,
    )


def _node(path: Path, name: str, group: Group | Value) -> RawNode:
    kind = group.text("type") if isinstance(group, Group) else None
    if kind is None or not isinstance(group, Group):
        raise InputError("ND2102", f"{path}: node {name!r} has no type")
    if kind == "NIRGraph":
        if not _is_graph(group):
            raise InputError("ND2102", f"{path}: node {name!r} is a graph without nodes or edges")
        return RawNode(name=name, kind=kind, fields={}, graph=_content(path, group))
    fields = {key: _field(value) for key, value in group.values().items() if key != "type"}
    return RawNode(
        name=name,
        kind=kind,
        fields={key: value for key, value in fields.items() if value is not None},
        unreadable=tuple(key for key, value in fields.items() if value is None),
    )


def _field(value: Value) -> Field | None:
    if value is None:
        return None
    if value.dtype.kind == "U":
        return one_text(value) if value.shape == () else None
    return np.asarray(value, dtype=np.float64)
