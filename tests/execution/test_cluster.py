"""The Dask cluster, with real schedulers and workers, each in a process of its own."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from support.cli import run_cli

from neurodeploy.errors import TargetFailed
from neurodeploy.execution import cluster
from neurodeploy.execution.part import run_part

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("arguments", [(), ("--kill",)])
def test_a_report_does_not_depend_on_the_cluster(arguments: tuple[str, ...]) -> None:
    """Two workers give the bytes of this machine alone, and so they do if one is killed."""
    ended = subprocess.run(
        [sys.executable, "-m", "examples.cluster.local", *arguments],
        cwd=ROOT,
        env=os.environ,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.splitlines()[-1] == "equal bytes"
    lost = "Restarting worker" in ended.stderr
    assert lost == bool(arguments), ended.stderr


def test_no_scheduler_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "CONNECT_S", 0.2)
    example = ROOT / "examples" / "ci"
    command = ("run", example / "model.nir", "--data", example / "test.npz")
    found = run_cli(*command, "--dask", "tcp://127.0.0.1:1")
    assert found.code == 4
    assert found.err == (
        "error[ND4201]: no Dask scheduler answers at 'tcp://127.0.0.1:1'; start one with "
        "`dask scheduler`\n  what this means: neurodeploy explain ND4201\n"
    )


def test_another_version_is_refused() -> None:
    with pytest.raises(TargetFailed) as refusal:
        run_part(b"", b"", (), "L1", None, "0.0.0")
    assert refusal.value.code == "ND5202"
    assert "a worker has neurodeploy" in str(refusal.value)
    assert str(refusal.value).endswith("the command 0.0.0; install the same")
