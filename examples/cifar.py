"""CIFAR-10 images, from sheets of a thousand (25 rows of 40) in WebP, which loses nothing."""

import hashlib
import os
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from neurodeploy.frontends.samples import Samples

DATA = Path(os.environ.get("NEURODEPLOY_DATA", "../shared/data")) / "cifar10"

CHECKSUMS = {
    "test_0.webp": "cb828dc0e9362b4226d735175a2f991ca927366a08942e433c12d13c7e23ff10",
    "train_b1_0.webp": "5b1c8418d55b9755e2402dc5fe5ced6b538e261066f7366cc73bc615b1836320",
    "labels_test.u1": "cec8a24a1e92aa2ecaa0bbd3dbfa86bf6cd8759fbd209a832824c8cf0afca9d5",
    "labels_train.u1": "2b7cd2f24487317614016b72ffd53071c3062f592f0eb300c18a770d41ae1253",
}
"""sha256 of the files; each sheet holds the next thousand images of the original order."""

MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
"""By channel, what the network was trained with."""


def first_thousand(part: str) -> Samples:
    """Return the first 1000 images of ``train`` or ``test``, normalised, float32."""
    sheet = {"train": "train_b1_0.webp", "test": "test_0.webp"}[part]
    with Image.open(_checked(sheet)) as picture:
        pixels = np.asarray(picture.convert("RGB"))
    images = pixels.reshape(25, 32, 40, 32, 3).transpose(0, 2, 4, 1, 3).reshape(1000, 3, 32, 32)
    labels = np.fromfile(_checked(f"labels_{part}.u1"), np.uint8)[:1000].astype(np.int64)
    x = (images / 255 - _channels(MEAN)) / _channels(STD)
    return Samples(x=x.astype(np.float32), y=labels, where=f"CIFAR-10's first 1000 {part} images")


def _channels(values: Iterable[float]) -> NDArray[np.float64]:
    return np.array(list(values))[:, None, None]


def _checked(name: str) -> Path:
    found = hashlib.sha256((DATA / name).read_bytes()).hexdigest()
    if found != CHECKSUMS[name]:
        raise SystemExit(f"{DATA / name}: sha256 is {found}, expected {CHECKSUMS[name]}")
    return DATA / name
