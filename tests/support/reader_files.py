"""The files that a reader brings to a page: small networks, and the digits as samples."""

import shutil
from collections.abc import Callable, Mapping
from functools import cache, partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neurodeploy.frontends.demo import DEMO_NETWORK
from neurodeploy.frontends.digits import Digits, load_digits
from neurodeploy.frontends.encoders import rate
from support.cli import run_cli
from support.doc_pages import ROOT, blocks
from support.onnx_files import node, write_onnx

Array = NDArray[np.generic]
N_STEPS = 12


def bring(page: str, folder: Path) -> None:
    """Put into `folder` what the page named so expects of its reader."""
    for name, make in FILES.get(page, {}).items():
        make(folder / name)


@cache
def _digits() -> Digits:
    return load_digits()


def _copied(source: Path, path: Path) -> None:
    shutil.copy(source, path)


_network = partial(_copied, DEMO_NETWORK)


def _artificial(seed: int) -> Callable[[Path], None]:
    """Return what writes a rectifier network without biases: random features, fitted readout."""

    def write(path: Path) -> None:
        train = _digits().train
        rng = np.random.default_rng(seed)
        first = rng.normal(0, 1, (48, 64)).astype(np.float32)
        features = np.maximum(train.x @ first.T, 0)
        ridge = features.T @ features + 10 * np.eye(48)
        second = np.linalg.solve(ridge, features.T @ np.eye(10)[train.y]).T.astype(np.float32)
        nodes = [node("Gemm", "x a", "h", transB=1), node("Relu", "h", "r")]
        nodes.append(node("Gemm", "r b", transB=1))
        write_onnx(path, nodes, {"a": first, "b": second}, shape=("N", 64))

    return write


def _images(part: str, n: int, gain: int = 1) -> Callable[[Path], None]:
    def write(path: Path) -> None:
        chosen = getattr(_digits(), part)
        np.savez(path, x=gain * chosen.x[:n], y=chosen.y[:n])

    return write


def _spikes(part: str, n: int) -> Callable[[Path], None]:
    def write(path: Path) -> None:
        chosen = getattr(_digits(), part)
        np.savez(path, x=rate(chosen.x[:n], N_STEPS, 1), y=chosen.y[:n])

    return write


def _data_module(path: Path) -> None:
    path.write_text(
        "import numpy as np\n\n\ndef train():\n"
        '    with np.load("train.npz") as data:\n        return data["x"], data["y"]\n'
    )


def _weights(path: Path) -> None:
    import torch

    module = next(b for b in blocks(ROOT / "README.md") if b.file == "my_net.py")
    found: dict[str, Any] = {}
    exec(module.body, found)
    torch.manual_seed(0)
    torch.save(found["network"]().state_dict(), path)


def _build(coding: str, path: Path) -> None:
    done = run_cli("compile", DEMO_NETWORK, "--input-coding", coding, "-o", path)
    assert done.code == 0, done.err


def _report(path: Path) -> None:
    """Write what `profile` says of the two files brought before it."""
    done = run_cli("profile", path.parent / "build", "--data", path.parent / "test.npz", "-o", path)
    assert done.code == 0, done.err


def _budget(path: Path) -> None:
    path.write_text('[budget.energy]\nenergy_total_j = "1 mJ"\n')


FILES: Mapping[str, Mapping[str, Callable[[Path], None]]] = {
    "README.md": {
        "model.nir": _network,
        "trained.pt": _weights,
        "images.npz": _images("test", 20),
        "test.npz": _spikes("test", 20),
        "stimulus.npz": _spikes("test", 20),
        "calibration.npz": _spikes("train", 20),
    },
    "pilot.md": {
        "ann.onnx": _artificial(0),
        "train.npz": _images("train", 200),
        "val.npz": _images("validation", 200),
        "test.npz": _images("test", 60),
        "budget.toml": _budget,
    },
    "gate.md": {
        "model.nir": partial(_copied, ROOT / "examples" / "ci" / "model.nir"),
        "test.npz": partial(_copied, ROOT / "examples" / "ci" / "test.npz"),
    },
    "decision.md": {
        "build": partial(_build, "encoded"),
        "test.npz": _spikes("test", 3),
        "report": _report,
        "budget.toml": _budget,
    },
    "training.md": {
        "model.nir": _network,
        "train.npz": _images("train", 60),
        "my_data.py": _data_module,
    },
    "conversion.md": {
        "ann.onnx": _artificial(0),
        "calib.npz": _images("train", 20),
        "labelled.npz": _images("train", 60),
    },
    "robust.md": {
        "ann.onnx": _artificial(0),
        "train.npz": _images("train", 60),
        "test.npz": _images("test", 10),
        "build": partial(_build, "injected"),
    },
    "early_exit.md": {
        "build": partial(_build, "injected"),
        "val.npz": _images("train", 800),
        "test.npz": _images("test", 20),
    },
    "private.md": {
        "ann.onnx": _artificial(0),
        "judge.onnx": _artificial(1),
        "test.npz": _images("test", 60, gain=255),
        "public.npz": _images("validation", 60, gain=255),
    },
    "compression.md": {
        "model.nir": _network,
        "train.npz": _images("train", 60),
        "test.npz": _images("test", 20),
    },
}
"""What stands in a page's commands and is the reader's own."""
