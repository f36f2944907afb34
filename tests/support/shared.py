"""Where Lava's vectors, real files and data lie; a test that needs an absent folder skips."""

import importlib.util
import os
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]


def folder(name: str) -> Path:
    variable = f"NEURODEPLOY_{name.upper()}"
    path = Path(os.environ.get(variable, ROOT.parent / "shared" / name))
    if not path.is_dir():
        pytest.skip(f"{path} is absent; set {variable} to a folder of that form")
    return path


def data_module() -> ModuleType:
    """The loader that lies with the data."""
    spec = importlib.util.spec_from_file_location("neurodata", folder("data") / "neurodata.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
