"""Fashion-MNIST: images to train on, to choose with, and to test with."""

import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from examples.idx import images_in, labels_in
from neurodeploy.frontends.samples import Encoding, Samples
from neurodeploy.learning.data import Parts

DATA = Path(os.environ.get("NEURODEPLOY_DATA", "../shared/data")) / "fashion-mnist"

N_TRAIN, N_VALIDATION = 20_000, 5_000
SPLIT_SEED = 0

CHECKSUMS = {
    "train-images-idx3": "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84",
    "train-labels-idx1": "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845",
    "t10k-images-idx3": "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073",
    "t10k-labels-idx1": "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5",
}
"""sha256 of the files NAME-ubyte.gz, as Zalando Research publishes the data."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fashion:
    """20,000 images to train on, 5,000 to choose with, and all 10,000 test images."""

    train: Samples
    validation: Samples
    test: Samples

    def parts(self, n_steps: int) -> Parts:
        """Return what `train` takes: each image shown `n_steps` times."""
        encoding = Encoding(coder="direct", n_steps=n_steps)
        return Parts(train=self.train, validation=self.validation, encoding=encoding)


def load_fashion() -> Fashion:
    """Return the data; training and validation are parts of one seeded permutation."""
    x, y = _images("train"), _labels("train")
    order = np.random.default_rng(SPLIT_SEED).permutation(len(y))
    whole = Samples(x=x, y=y, where="Fashion-MNIST")
    test = Samples(x=_images("t10k"), y=_labels("t10k"), where="Fashion-MNIST's test images")
    return Fashion(
        train=whole.taken(order[:N_TRAIN]),
        validation=whole.taken(order[-N_VALIDATION:]),
        test=test,
    )


def _images(part: str) -> NDArray[np.uint8]:
    return images_in(DATA, part, CHECKSUMS)


def _labels(part: str) -> NDArray[np.int64]:
    return labels_in(DATA, part, CHECKSUMS)
