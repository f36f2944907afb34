"""MNIST: images to choose with, and to test with."""

import os
from dataclasses import dataclass
from pathlib import Path

from examples.idx import images_in, labels_in
from neurodeploy.frontends.samples import Samples

DATA = Path(os.environ.get("NEURODEPLOY_DATA", "../shared/data")) / "mnist"

CHECKSUMS = {
    "train-images-idx3": "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
    "train-labels-idx1": "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
    "t10k-images-idx3": "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
    "t10k-labels-idx1": "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
}
"""sha256 of the files NAME-ubyte.gz, as LeCun et al. published the data."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Digits:
    """All 60,000 training and all 10,000 test images, (1, 28, 28) of 0 to 255."""

    train: Samples
    test: Samples


def load_mnist() -> Digits:
    """Return the data."""
    parts = {
        name: Samples(
            x=images_in(DATA, file, CHECKSUMS),
            y=labels_in(DATA, file, CHECKSUMS),
            where=f"MNIST's {name} images",
        )
        for name, file in (("training", "train"), ("test", "t10k"))
    }
    return Digits(train=parts["training"], test=parts["test"])
