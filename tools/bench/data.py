"""MNIST and N-MNIST, where they lie; what lacks its data says so and is left out."""

import gzip
import importlib.util
import os
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

ROOT = Path(__file__).resolve().parents[2]


class Missing(Exception):
    """A file that this part of the bench needs is not there."""


def folder(name: str) -> Path:
    """Return the folder of ``data`` or ``models``."""
    variable = f"NEURODEPLOY_{name.upper()}"
    path = Path(os.environ.get(variable, ROOT.parent / "shared" / name))
    if not path.is_dir():
        raise Missing(f"no folder {name}; set {variable}")
    return path


def mnist(part: str, n_images: int) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Return images (image, pixel) from 0 to 1 and labels; `part` is ``train`` or ``t10k``."""
    place = folder("data") / "mnist"
    pixels = gzip.decompress((place / f"{part}-images-idx3-ubyte.gz").read_bytes())
    labels = gzip.decompress((place / f"{part}-labels-idx1-ubyte.gz").read_bytes())
    images = np.frombuffer(pixels, np.uint8, offset=16).reshape(-1, 784)[:n_images]
    found = np.frombuffer(labels, np.uint8, offset=8)[:n_images]
    return images.astype(np.float32) / 255, found.astype(np.int64)


def nmnist(n_samples: int) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Return frames of 1 ms, counts (sample, 300, 2, 34, 34), and labels."""
    file = folder("data") / "neurodata.py"
    spec = importlib.util.spec_from_file_location("neurodata", file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    events, labels, is_test, _ = module.nmnist()
    chosen = np.flatnonzero(is_test)[:n_samples]
    frames = np.stack([module.nmnist_frames(events[i]) for i in chosen])
    return frames.astype(np.uint8), np.asarray(labels[chosen], np.int64)


def model_file(name: str) -> Path:
    """Return a real .nir file."""
    path = folder("models") / "nir" / name
    if not path.exists():
        raise Missing(f"no {path.name} among the models")
    return path
