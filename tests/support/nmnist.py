"""The N-MNIST test samples as frames, through the loader that lies with the data."""

import numpy as np

from support.shared import data_module


def load_frames(n_samples: int) -> tuple[np.ndarray, np.ndarray]:
    """Frames (sample, step, 2, 34, 34) of 1 ms, float32, and labels of the first test samples."""
    data = data_module()
    events, labels, is_test, _ = data.nmnist()
    chosen = np.flatnonzero(is_test)[:n_samples]
    return np.stack([data.nmnist_frames(events[i]) for i in chosen]), labels[chosen]
