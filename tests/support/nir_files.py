"""NIR files made node by node, good and bad."""

from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path

import h5py
import numpy as np

Nodes = Mapping[str, tuple[str, Mapping[str, object]]]
Edges = list[tuple[str, str]]

PUBLIC = [
    "braille_noDelay_bias_zero",
    "braille_noDelay_bias_zero_subgraph",
    "braille_noDelay_noBias_subtract",
    "cnn_sinabs",
    "history/braille_flattened",
    "history/scnn_mnist_e1117a",
    "lif_norse",
    "lif_rockpool",
    "snntorch_tests_lif",
    "two_lif_neurons",
]
"""The public files that lie with the models."""


def write_raw(path: Path, nodes: Nodes, edges: Edges) -> Path:
    with h5py.File(path, "w") as file:
        file["version"] = "1.0.8"
        _write_graph(file.create_group("node"), nodes, edges)
    return path


def graph(nodes: Nodes, edges: Edges) -> tuple[str, dict[str, object]]:
    """A graph as a node of another."""
    return "NIRGraph", {"nodes": nodes, "edges": edges}


def chain(*steps: tuple[str, str, dict[str, object]]) -> tuple[dict[str, object], Edges]:
    names = [name for name, _, _ in steps]
    return {name: (kind, fields) for name, kind, fields in steps}, list(pairwise(names))


def _write_graph(root: h5py.Group, nodes: Nodes, edges: Edges) -> None:
    root["type"] = "NIRGraph"
    rows = np.array(edges, dtype=object).reshape(-1, 2)
    root.create_dataset("edges", data=rows, dtype=h5py.string_dtype())
    root.create_group("nodes")
    for name, (kind, fields) in nodes.items():
        group = root.create_group(f"nodes/{name}")
        if kind == "NIRGraph" and "nodes" in fields:
            _write_graph(group, fields["nodes"], fields["edges"])  # type: ignore[arg-type]
            continue
        group["type"] = kind
        for key, value in fields.items():
            group[key] = value


def dense(
    n_in: int = 3, n_out: int = 2, **affine: object
) -> tuple[dict[str, tuple[str, dict[str, object]]], Edges]:
    """An input, an Affine `fc`, a LIF `lif` and an output."""
    nodes: dict[str, tuple[str, dict[str, object]]] = {
        "in": ("Input", {"shape": [n_in]}),
        "fc": ("Affine", {"weight": np.ones((n_out, n_in)), "bias": np.ones(n_out), **affine}),
        "lif": (
            "LIF",
            {
                "tau": np.full(n_out, 1e-3),
                "r": np.ones(n_out),
                "v_leak": np.zeros(n_out),
                "v_threshold": np.ones(n_out),
            },
        ),
        "out": ("Output", {"shape": [n_out]}),
    }
    return nodes, [("in", "fc"), ("fc", "lif"), ("lif", "out")]
