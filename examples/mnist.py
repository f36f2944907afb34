"""MNIST: images to choose with, and to test with."""

import os
from dataclasses import dataclass
from pathlib import Path

from examples.idx import checked, images_in, labels_in
from neurodeploy.frontends.samples import Samples

DATA = Path(os.environ.get("NEURODEPLOY_DATA", "../shared/data")) / "mnist"
REMEDY = "put MNIST's four files into a folder mnist and its parent into NEURODEPLOY_DATA"

CHECKSUMS = {
    "train-images-idx3": "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
    "train-labels-idx1": "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
    "t10k-images-idx3": "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
    "t10k-labels-idx1": "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
}
"""sha256 of what NAME-ubyte.gz unpacks to, as LeCun et al. published the data."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Digits:
    """All 60,000 training and all 10,000 test images, (1, 28, 28) of 0 to 255."""

    train: Samples
    test: Samples


def load_mnist() -> Digits:
    """Return the data of $NEURODEPLOY_DATA/mnist, else of ../shared/data/mnist."""
    folder = checked(DATA, CHECKSUMS, REMEDY)
    parts = {
        name: Samples(
            x=images_in(folder, file),
            y=labels_in(folder, file),
            where=f"MNIST's {name} images",
        )
        for name, file in (("training", "train"), ("test", "t10k"))
    }
    return Digits(train=parts["training"], test=parts["test"])
