"""`fix` turns every public file that loads into one that nir reads with its type check on."""

from pathlib import Path

import nir
import numpy as np
import pytest
from support.cli import run_cli
from support.onnx_files import node, write_onnx
from support.shared import ROOT, folder

from neurodeploy import toolchain

FILES = sorted((ROOT.parent / "shared" / "models" / "nir").rglob("*.nir"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_fixed_file_is_read_by_nir_and_means_the_same(path: Path, tmp_path: Path) -> None:
    folder("models")
    fixed = tmp_path / "fixed.nir"
    result = run_cli("fix", path, "-o", fixed)
    if result.code == 2 and "ND2103" in result.err:
        pytest.skip(f"refused by name: {result.err.splitlines()[0]}")
    assert result.code == 0, result.err
    nir.read(str(fixed))
    before, _ = toolchain.load_model(path)
    after, assumed = toolchain.load_model(fixed)
    assert assumed == ()
    x = np.random.default_rng(0).random((2, 20, *before.inputs[0].shape)) * 3
    names = [p.name for p in before.populations]
    wanted, found = (model.simulate(x, record=names) for model in (before, after))
    for name in names:
        np.testing.assert_array_equal(found.voltages[name], wanted.voltages[name])
        np.testing.assert_array_equal(found.rasters[name], wanted.rasters[name])


def test_what_nir_lacks_is_written_as_a_folder(tmp_path: Path) -> None:
    pooled = write_onnx(
        tmp_path / "pooled.onnx", [node("MaxPool", "x", kernel_shape=[2, 2])], shape=("N", 1, 4, 4)
    )
    refused = run_cli("fix", pooled, "-o", tmp_path / "net.nir")
    assert (refused.code, refused.err.splitlines()[0]) == (
        2,
        "error[ND2105]: population 'y.MaxPool' is Max: NIR has no maximum pooling; write a folder "
        "with model.json (-o without .nir)",
    )
    done = run_cli("fix", pooled, "-o", tmp_path / "net")
    assert done.code == 0, done.err
    assert run_cli("inspect", tmp_path / "net").code == 0
    again, _ = toolchain.load_model(tmp_path / "net")
    assert again.digest == toolchain.load_model(pooled)[0].digest
    wrong = run_cli("fix", pooled, "-o", tmp_path / "net.h5")
    assert (wrong.code, wrong.err.splitlines()[0]) == (
        2,
        f"error[ND2601]: -o is '{tmp_path / 'net.h5'}', expected a .nir file or a folder",
    )
