"""Files of the form of MNIST's, held against their checksums."""

import gzip
import hashlib
import zlib
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray


def checked(folder: Path, checksums: Mapping[str, str], remedy: str) -> Path:
    """Return `folder`; end with every file NAME-ubyte.gz that is missing or another, and `remedy`.

    `checksums` holds the sha256 of what each unpacks to: packers write other bytes.
    """
    problems = [_problem(_path(folder, name), sha256) for name, sha256 in checksums.items()]
    if any(problems):
        raise SystemExit("\n".join([*filter(None, problems), remedy]))
    return folder


def images_in(folder: Path, part: str) -> NDArray[np.uint8]:
    """Return the images of a part, (sample, 1, 28, 28) of 0 to 255."""
    return _unzipped(_path(folder, f"{part}-images-idx3"), 16).reshape(-1, 1, 28, 28)


def labels_in(folder: Path, part: str) -> NDArray[np.int64]:
    """Return the labels of a part, (sample,)."""
    return _unzipped(_path(folder, f"{part}-labels-idx1"), 8).astype(np.int64)


def _path(folder: Path, name: str) -> Path:
    return folder / f"{name}-ubyte.gz"


def _problem(path: Path, sha256: str) -> str | None:
    if not path.is_file():
        return f"{path}: no such file"
    try:
        found = hashlib.sha256(gzip.decompress(path.read_bytes())).hexdigest()
    except (OSError, EOFError, zlib.error) as error:
        return f"{path}: {error}"
    return None if found == sha256 else f"{path}: sha256 is {found}, expected {sha256}"


def _unzipped(path: Path, n_header: int) -> NDArray[np.uint8]:
    return np.frombuffer(gzip.decompress(path.read_bytes()), np.uint8, offset=n_header)
