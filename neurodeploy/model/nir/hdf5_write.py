"""Write NIR's container: HDF5 as `hdf5.py` reads it."""

from collections.abc import Mapping
from pathlib import Path

import h5py
import numpy as np

from neurodeploy.model.nir.hdf5 import NOTES_KEY, Field, RawGraph

NIR_VERSION = "1.0.8"

_INTEGERS = {
    "dilation",
    "end_dim",
    "groups",
    "input_shape",
    "input_type",
    "kernel_size",
    "padding",
    "shape",
    "start_dim",
    "stride",
}


def write_hdf5(graph: RawGraph, path: Path) -> None:
    """Write `graph` to `path`; equal graphs give equal bytes."""
    with h5py.File(path, "w") as file:
        _text(file, "version", NIR_VERSION)
        _write_graph(file.create_group("node"), graph)


def _write_graph(root: h5py.Group, graph: RawGraph) -> None:
    _text(root, "type", "NIRGraph")
    edges = np.array(graph.edges, dtype=object).reshape(-1, 2)
    root.create_dataset("edges", data=edges, dtype=h5py.string_dtype(), track_times=False)
    nodes = root.create_group("nodes")
    for name, node in sorted(graph.nodes.items()):
        group = nodes.create_group(name)
        _text(group, "type", node.kind)
        _write_fields(group, node.fields)
    if graph.notes is not None:
        _text(root.create_group("metadata"), NOTES_KEY, graph.notes)


def _write_fields(group: h5py.Group, fields: Mapping[str, Field]) -> None:
    for key, value in sorted(fields.items()):
        numbers = np.asarray(value)
        if key in _INTEGERS:
            numbers = numbers.astype(np.int64)
        elif np.array_equal(numbers.astype(np.float32), numbers):
            numbers = numbers.astype(np.float32)
        packed = "gzip" if numbers.size > 64 else None
        group.create_dataset(key, data=numbers, compression=packed, track_times=False)


def _text(group: h5py.Group, key: str, text: str) -> None:
    group.create_dataset(key, data=text, dtype=h5py.string_dtype(), track_times=False)
