"""Damaged files end in a clear message: seeded mutations, read in a child process of 2 GB."""

import json
import subprocess
import sys
from pathlib import Path

import nir
import numpy as np
import pytest
from support import shared
from support.cli import run_cli
from support.net_files import random_net
from support.onnx_files import node, write_onnx

from neurodeploy.frontends.demo import DEMO_NETWORK

READER = Path(__file__).with_name("read_mutations.py")
SHORT = 56
LONG = {
    "nir": 2000,
    "net": 1800,
    "onnx": 2000,
    "npz": 1500,
    "events.npz": 300,
    "npy": 300,
    "grid": 500,
    "events": 600,
    "mnist-8": 500,
    "tiny": 500,
}
"""Copies in the long test, 10,000 in all."""


@pytest.fixture(params=LONG)
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def original(kind: str, tmp_path: Path) -> Path:
    rng = np.random.default_rng(0)
    match kind:
        case "nir":
            return DEMO_NETWORK
        case "net":
            return random_net(tmp_path / "x.net", 0)
        case "onnx":
            return small_onnx(tmp_path / "x.onnx")
        case "mnist-8":
            return shared.folder("models") / "onnx" / "mnist-8.onnx"
        case "tiny":
            return shared.folder("models") / "lavadl_net" / "tiny.net"
        case "npy":
            np.save(tmp_path / "x.npy", rng.random((4, 10, 6)))
            return tmp_path / "x.npy"
        case "events.npz":
            columns = {name: rng.integers(0, 2, 90) for name in "xypt"}
            np.savez(tmp_path / "e.npz", **columns, offsets=[0, 40, 90], labels=np.arange(2))
            return tmp_path / "e.npz"
        case "grid" | "events":
            return nir_data(tmp_path / f"{kind}.h5", rng)
        case _:
            np.savez(tmp_path / "x.npz", x=rng.random((4, 10, 6)), y=np.arange(4))
            return tmp_path / "x.npz"


def nir_data(path: Path, rng: np.random.Generator) -> Path:
    """A grid of spikes, or the events in it, as nir writes them."""
    grid = nir.TimeGriddedData(rng.random((3, 20, 6)) < 0.3, 1e-3)
    spikes = grid if path.stem == "grid" else grid.to_event(60)
    nir.write_data(path, nir.NIRGraphData({"input": nir.NIRNodeData({"spikes": spikes})}))
    return path


def small_onnx(path: Path) -> Path:
    """One of everything that declares a size: convolution, padding, pools, shapes, constants."""
    pads = {"mode": "constant"}
    return write_onnx(
        path,
        [
            node("Pad", "x pads", "a", **pads),
            node("Conv", "a w b", "c", kernel_shape=[3, 3], strides=[1, 1], pads=[1, 1, 1, 1]),
            node("BatchNormalization", "c s b m v", "d"),
            node("Relu", "d", "e"),
            node("MaxPool", "e", "f", kernel_shape=[2, 2], strides=[2, 2]),
            node("AveragePool", "f", "g", kernel_shape=[2, 2], strides=[1, 1]),
            node("ConstantOfShape", "size", "zeros"),
            node("Add", "g zeros", "h"),
            node("Reshape", "h shape", "i"),
            node("Gemm", "i k", "y"),
        ],
        {
            "pads": np.array([0, 0, 1, 1, 0, 0, 1, 1]),
            "w": np.ones((3, 2, 3, 3), np.float32),
            **{name: np.ones(3, np.float32) for name in "bsmv"},
            "size": np.array([1, 3, 3, 3]),
            "shape": np.array([-1, 27]),
            "k": np.ones((27, 5), np.float32),
        },
        shape=("N", 2, 6, 6),
    )


def outcomes(path: Path, first: int, last: int) -> dict[str, int]:
    ended = subprocess.run(
        [sys.executable, "-W", "error", str(READER), str(path), str(first), str(last)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    found: dict[str, int] = json.loads(ended.stdout)
    return found


def test_hostile_copies_are_read_or_refused(original: Path) -> None:
    found = outcomes(original, 0, SHORT)
    assert set(found) <= {"read", "refused"}
    assert sum(found.values()) == SHORT
    assert found["refused"] > SHORT // 4


def test_the_command_ends_with_exit_code_2(original: Path, tmp_path: Path) -> None:
    cut = tmp_path / f"cut{original.suffix}"
    cut.write_bytes(original.read_bytes()[: original.stat().st_size // 2])
    is_data = original.suffix in (".npz", ".npy", ".h5")
    result = run_cli("run", DEMO_NETWORK, "--data", cut) if is_data else run_cli("inspect", cut)
    assert (result.code, result.out) == (2, "")
    assert result.err.startswith(f"error[ND2{result.err[9:12]}]: {cut}: ")
    assert "Traceback" not in result.err


@pytest.mark.slow
def test_ten_thousand_hostile_copies(kind: str, original: Path) -> None:
    found = outcomes(original, SHORT, SHORT + LONG[kind])
    assert set(found) <= {"read", "refused"}
    assert sum(found.values()) == LONG[kind]


def test_pickled_payload_is_refused_and_never_run(tmp_path: Path) -> None:
    class Bomb:
        def __reduce__(self) -> tuple[object, tuple[str]]:
            return Path.touch, (str(tmp_path / "ran"),)  # type: ignore[return-value]

    np.savez(tmp_path / "x.npz", x=np.array([Bomb()], dtype=object))
    from neurodeploy import toolchain
    from neurodeploy.errors import InputError

    with pytest.raises(InputError, match=r"^ND2302: "):
        toolchain.read_samples(tmp_path / "x.npz")
    assert not (tmp_path / "ran").exists()
