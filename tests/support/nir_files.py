"""NIR files made node by node, good and bad."""

from collections.abc import Mapping
from pathlib import Path

import h5py
import numpy as np

Nodes = Mapping[str, tuple[str, Mapping[str, object]]]
Edges = list[tuple[str, str]]


def write_raw(path: Path, nodes: Nodes, edges: Edges) -> Path:
    with h5py.File(path, "w") as file:
        file["version"] = "1.0.8"
        root = file.create_group("node")
        root["type"] = "NIRGraph"
        root.create_dataset("edges", data=np.array(edges, dtype=object), dtype=h5py.string_dtype())
        for name, (kind, fields) in nodes.items():
            group = root.create_group(f"nodes/{name}")
            group["type"] = kind
            for key, value in fields.items():
                group[key] = value
    return path


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
