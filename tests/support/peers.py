"""Other people's tools, each in an environment of its own that `make peers` builds."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
DRIVERS = ROOT / "tools" / "peers" / "drivers"
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "neurodeploy" / "peers"


def python_of(name: str) -> Path:
    """Return the interpreter that holds a peer, or skip."""
    python = CACHE / name / "bin" / "python"
    if not (CACHE / name / ".made").exists():
        pytest.skip(f"{name} is not installed in {CACHE}; make peers builds it")
    return python


def ask(name: str, driver: str, *arguments: object, answer: Path) -> Any:
    """Run a driver in the peer's interpreter and return its answer."""
    command = [python_of(name), DRIVERS / driver, *arguments, answer]
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return json.loads(answer.read_text())


def note(table: str, row: dict[str, object]) -> None:
    """Keep a row of `docs/peers.md` where `make peers` asks for it."""
    folder = os.environ.get("NEURODEPLOY_PEERS_RESULTS")
    if folder is None:
        return
    path = Path(folder) / table
    path.mkdir(parents=True, exist_ok=True)
    (path / f"{row['network']}.json").write_text(json.dumps(row, indent=1) + "\n")
