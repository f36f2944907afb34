"""Where Lava's vectors, real files and data lie; a test that needs an absent folder skips."""

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def folder(name: str) -> Path:
    variable = f"NEURODEPLOY_{name.upper()}"
    path = Path(os.environ.get(variable, ROOT.parent / "shared" / name))
    if not path.is_dir():
        pytest.skip(f"{path} is absent; set {variable} to a folder of that form")
    return path
