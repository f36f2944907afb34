"""What a peer's program is given: our integers over the threshold, or a file's own floats."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from neurodeploy.program import Dense, Program
from tools.bench.data import model_file
from tools.bench.work import Work


def dense_spec(work: Work, path: Path) -> Path:
    """Write a chain of dense LIF layers; weights are our integers over the threshold."""
    program = work.deployment.program
    arrays: dict[str, NDArray[np.generic]] = {}
    decays, thresholds, betas = [], [], []
    for k, population in enumerate(program.populations):
        mantissa = _dense(program, population.name)
        dv, vth = int(population.dv.flat[0]), int(population.vth.flat[0])
        arrays[f"mantissa{k}"] = mantissa
        arrays[f"w{k}"] = (mantissa / vth).astype(np.float32)
        decays.append(dv)
        thresholds.append(vth)
        betas.append(1 - dv / 4096)
    (x,) = work.stimulus.x.values()
    np.savez(path, x=x, dv=decays, vth=thresholds, beta=betas, **arrays)
    return path


def _dense(program: Program, name: str) -> NDArray[np.int32]:
    (projection,) = program.projections_to(name)
    assert isinstance(projection.operator, Dense)
    return projection.operator.mantissa << max(projection.weight_exp, 0)


def scnn_spec(work: Work, path: Path) -> Path:
    """Write the layers of the SCNN's file, in order, with its own weights."""
    import nir

    graph = nir.read(model_file("cnn_sinabs.nir"))
    after = dict(graph.edges)
    arrays: dict[str, NDArray[np.generic]] = {}
    kinds = []
    name = after["input"]
    while name != "output":
        kind, found = _layer(graph.nodes[name])
        arrays |= {f"{len(kinds)}.{key}": np.asarray(value) for key, value in found.items()}
        kinds.append(kind)
        name = after[name]
    (x,) = work.stimulus.x.values()
    np.savez(path, x=x, kinds=kinds, **arrays)
    return path


def _layer(node: object) -> tuple[str, dict[str, object]]:
    names = {
        "Conv2d": ("conv", ("weight", "bias", "stride", "padding")),
        "IF": ("if", ()),
        "SumPool2d": ("sum", ()),
        "Affine": ("linear", ("weight", "bias")),
        "Flatten": ("flatten", ()),
    }
    kind, keys = names[type(node).__name__]
    found = {key: getattr(node, key) for key in keys}
    if kind == "if":
        found["threshold"] = node.v_threshold  # type: ignore[attr-defined]
    if kind == "sum":
        found["kernel"] = node.kernel_size  # type: ignore[attr-defined]
    return kind, found
