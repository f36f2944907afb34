"""Every file a network comes in goes through the same commands."""

from pathlib import Path

import numpy as np
import pytest
from support.cli import run_cli
from support.shared import folder


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_lava_dl_network_compiles_with_its_own_integers_and_runs(here: Path) -> None:
    net = folder("models") / "lavadl_net" / "oxford.net"
    compiled = run_cli("compile", net, "-o", "build")
    assert compiled.code == 0, compiled.err
    assert "integers: the file's own" in compiled.out
    x = (np.random.default_rng(0).random((3, 40, 200)) < 0.3).astype(np.uint8)
    np.savez("x.npz", x=x)
    profiled = run_cli("profile", "build", "--data", "x.npz")
    assert profiled.code == 0, profiled.err
    assert "dense1" in profiled.out


def test_lava_dl_network_has_no_float_network_to_inspect(here: Path) -> None:
    net = folder("models") / "lavadl_net" / "oxford.net"
    result = run_cli("inspect", net)
    assert result.code == 2
    assert "brings integers of its own" in result.err


def test_unknown_suffix_is_refused(here: Path) -> None:
    (here / "model.pkl").write_bytes(b"")
    result = run_cli("compile", "model.pkl")
    assert (result.code, result.err.splitlines()[0]) == (
        2,
        "error[ND2605]: model.pkl: networks are read from .nir, .onnx and .net (lava-dl) files",
    )


def test_layout_is_stated(here: Path) -> None:
    net = folder("models") / "lavadl_net" / "oxford.net"
    x = (np.random.default_rng(0).random((3, 40, 200)) < 0.3).astype(np.uint8)
    np.savez("x.npz", x=x)
    np.savez("t.npz", x=np.swapaxes(x, 0, 1))
    one = run_cli("run", net, "--data", "x.npz", "--json")
    other = run_cli("run", net, "--data", "t.npz", "--layout", "step-sample", "--json")
    assert one.code == other.code == 0, other.err
    assert one.out == other.out
    wrong = run_cli("run", net, "--data", "t.npz", "--layout", "t-n")
    assert wrong.code == 2
