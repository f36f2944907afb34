"""Write a Model as `.nir`, readable by nir 1.0.8 with its type check on."""

from collections.abc import Mapping
from pathlib import Path

import h5py
import numpy as np

from neurodeploy.model.model import Model
from neurodeploy.model.neuron import CubaLif, If, Lif
from neurodeploy.model.nir.hdf5 import NOTES_KEY, Field, RawGraph
from neurodeploy.model.nir.plan import plan_of
from neurodeploy.storage.atomic import new_file
from neurodeploy.terms import Reset

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


def write_nir(model: Model, path: Path) -> tuple[str, ...]:
    """Write `model` to `path`, and return a line for each thing that other NIR readers will miss.

    What NIR cannot say is kept as JSON text in the graph's metadata, so that `read_nir` gives the
    same Model again. Equal models give equal bytes. The file is moved into place when complete.

    Raises
    ------
    InputError
        If NIR has no node for something in `model` (ND2105).
    """
    graph, lines = plan_of(model)
    with new_file(path) as temporary, h5py.File(temporary, "w") as file:
        _text(file, "version", NIR_VERSION)
        _write_graph(file.create_group("node"), graph)
    return (*lines, *_unseen(model))


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


def _unseen(model: Model) -> list[str]:
    """Return what only our metadata holds and a reader without it gets wrong."""
    lines = []
    spiking = [p for p in model.populations if isinstance(p.neuron, If | Lif | CubaLif)]
    for reset in Reset:
        names = [p.name for p in spiking if p.reset is reset]
        if names and reset is not Reset.ZERO:
            lines.append(f"reset {reset} of {', '.join(names)} is no part of NIR, only we read it")
    begun = [p.name for p in model.populations if p.v0.any() or p.i0.any()]
    if begun:
        lines.append(f"the initial state of {', '.join(begun)} is no part of NIR, only we read it")
    return lines
