"""CIFAR-10 in its published binary form, or seeded noise in its shape for the toy size."""

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from neurodeploy.frontends.samples import Samples

DATA = Path(os.environ.get("NEURODEPLOY_DATA", "../shared/data")) / "cifar-10-batches-bin"
"""Where the files of cifar-10-binary.tar.gz (Krizhevsky 2009) lie."""

RECORD = 1 + 3 * 32 * 32
"""Bytes an image: its label, then red, green and blue by rows."""

N_VALIDATION = 5_000
SPLIT_SEED = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Images:
    """Images of 0 to 255, (3, 32, 32), to train on, to choose with and to test with.

    Parameters
    ----------
    origin : what they are, and the sha256 of the files they were read from.
    """

    train: Samples
    validation: Samples
    test: Samples
    origin: str


def load_cifar10() -> Images:
    """Return all images; 5,000 of the training images, drawn by a seed, are set aside."""
    names = [f"data_batch_{k}.bin" for k in range(1, 6)]
    x, y = _read(names)
    order = np.random.default_rng(SPLIT_SEED).permutation(len(y))
    whole = Samples(x=x, y=y, where="CIFAR-10")
    test_x, test_y = _read(["test_batch.bin"])
    return Images(
        train=whole.taken(order[N_VALIDATION:]),
        validation=whole.taken(order[:N_VALIDATION]),
        test=Samples(x=test_x, y=test_y, where="CIFAR-10's test images"),
        origin=f"CIFAR-10, sha256 of its six files {_digest([*names, 'test_batch.bin'])}",
    )


def toy_images(n_samples: int = 48) -> Images:
    """Return noise around a colour a class, enough to run every line and to learn nothing of."""
    rng = np.random.default_rng(0)
    y = rng.integers(0, 10, n_samples)
    colours = rng.integers(0, 256, (10, 3, 1, 1))
    noise = rng.integers(-40, 41, (n_samples, 3, 32, 32))
    x = np.clip(colours[y] + noise, 0, 255).astype(np.uint8)
    samples = Samples(x=x, y=y, where="noise")
    thirds = np.array_split(np.arange(n_samples), 3)
    train, validation, test = (samples.taken(part) for part in thirds)
    return Images(train=train, validation=validation, test=test, origin="seeded noise")


def _read(names: list[str]) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    records = np.concatenate([_records(DATA / name) for name in names])
    return records[:, 1:].reshape(-1, 3, 32, 32), records[:, 0].astype(np.int64)


def _records(path: Path) -> NDArray[np.uint8]:
    if not path.is_file():
        raise SystemExit(f"{path} is not there; unpack cifar-10-binary.tar.gz into {DATA.parent}")
    values = np.fromfile(path, np.uint8)
    if len(values) != 10_000 * RECORD or values[::RECORD].max() > 9:
        raise SystemExit(
            f"{path}: {len(values)} bytes, expected 10000 records of {RECORD} with labels 0 to 9"
        )
    return values.reshape(-1, RECORD)


def _digest(names: list[str]) -> str:
    whole = hashlib.sha256()
    for name in names:
        whole.update((DATA / name).read_bytes())
    return whole.hexdigest()
