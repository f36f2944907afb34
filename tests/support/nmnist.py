"""The N-MNIST test samples as frames, through the loader that lies with the data."""

import importlib.util
from types import ModuleType

import numpy as np

from support.shared import folder


def load_frames(n_samples: int) -> tuple[np.ndarray, np.ndarray]:
    """Frames (sample, step, 2, 34, 34) of 1 ms, float32, and labels of the first test samples."""
    data = _loader()
    events, labels, is_test, _ = data.nmnist()
    chosen = np.flatnonzero(is_test)[:n_samples]
    return np.stack([data.nmnist_frames(events[i]) for i in chosen]), labels[chosen]


def _loader() -> ModuleType:
    spec = importlib.util.spec_from_file_location("neurodata", folder("data") / "neurodata.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
