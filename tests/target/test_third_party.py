"""A target of another distribution comes in by the entry point alone, and passes the suite."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from support.models import dense_if_model, input_spikes

from neurodeploy import toolchain

SOURCE = Path(__file__).resolve().parents[1] / "third_party"


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The distribution, built and installed without network into a folder of its own."""
    pytest.importorskip("setuptools", reason="pip install setuptools")
    folder = tmp_path_factory.mktemp("third_party")
    shutil.copytree(SOURCE, folder / "source")
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    command += ["--no-index", "--no-deps", "--no-build-isolation"]
    command += ["--target", str(folder / "site"), str(folder / "source")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return folder / "site"


def python(installed: Path, *arguments: str, cwd: Path | None = None) -> str:
    done = subprocess.run(
        [sys.executable, *arguments],
        env={**os.environ, "PYTHONPATH": str(installed)},
        capture_output=True,
        text=True,
        check=False,
        cwd=cwd,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_targets_lists_it_with_its_distribution(installed: Path) -> None:
    rows = json.loads(python(installed, "-m", "neurodeploy", "targets", "--json"))
    row = next(row for row in rows if row["name"] == "plain-reference")
    assert row == {
        "name": "plain-reference",
        "what": "Run the definition itself, slowly.",
        "default_chip": "ideal",
        "health": "ok",
        "distribution": "plain-reference",
    }


def test_it_passes_the_suite(installed: Path) -> None:
    script = (
        "from neurodeploy.target.conformance import cases, check_target\n"
        "from neurodeploy.target.registry import find_target\n"
        "result = check_target(find_target('plain-reference'), cases(seed=7, n_each=2))\n"
        "print(result.conforms); print(result)"
    )
    lines = python(installed, "-c", script).splitlines()
    assert lines == [
        "True",
        "plain-reference: 42 programs equal the reference, 2 refused, 0 differ",
        "  refuses a population that clears itself: allowed none here",
    ]


def test_compile_run_and_verify_use_it(installed: Path, tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    toolchain.write_nir(dense_if_model(rng, sizes=(6, 5, 4)), tmp_path / "m.nir")
    np.savez(tmp_path / "x.npz", x=input_spikes(rng, 2, 10, (6,)).astype(np.uint8))
    neurodeploy = ("-m", "neurodeploy")
    target = ("--target", "plain-reference")
    python(installed, *neurodeploy, "compile", "m.nir", *target, "-o", "build", cwd=tmp_path)
    python(installed, *neurodeploy, "profile", "build", "--data", "x.npz", cwd=tmp_path)
    out = python(
        installed,
        *(*neurodeploy, "verify", "build", "--data", "x.npz", "--json"),
        *("--against", "plain-reference", "--against", "cpu-emu"),
        cwd=tmp_path,
    )
    found = json.loads(out)
    assert [c["name"] for c in found["comparisons"]] == ["plain-reference", "cpu-emu"]
    assert found["equal"] is True
