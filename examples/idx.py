"""Files of the form of MNIST's, held against their checksums."""

import gzip
import hashlib
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray


def images_in(folder: Path, part: str, checksums: Mapping[str, str]) -> NDArray[np.uint8]:
    """Return the images of a part, (sample, 1, 28, 28) of 0 to 255."""
    return _unzipped(folder, f"{part}-images-idx3", checksums, 16).reshape(-1, 1, 28, 28)


def labels_in(folder: Path, part: str, checksums: Mapping[str, str]) -> NDArray[np.int64]:
    """Return the labels of a part, (sample,)."""
    return _unzipped(folder, f"{part}-labels-idx1", checksums, 8).astype(np.int64)


def _unzipped(
    folder: Path, name: str, checksums: Mapping[str, str], n_header: int
) -> NDArray[np.uint8]:
    path = folder / f"{name}-ubyte.gz"
    packed = path.read_bytes()
    found = hashlib.sha256(packed).hexdigest()
    if found != checksums[name]:
        raise SystemExit(f"{path}: sha256 is {found}, expected {checksums[name]}")
    return np.frombuffer(gzip.decompress(packed), np.uint8, offset=n_header)
