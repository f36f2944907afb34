"""Fashion-MNIST: images to train on, to choose with, and to test with.

The files are those of $NEURODEPLOY_DATA/fashion-mnist, else of ../shared/data/fashion-mnist, else
of Debian's package `dataset-fashion-mnist`: the installed one, or its archive, which is downloaded
(31 MB) and unpacked into the user's cache. `python -m examples.fashion` says where they lie.
"""

import os
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from examples import debian
from examples.idx import checked, images_in, labels_in
from neurodeploy.frontends.samples import Encoding, Samples
from neurodeploy.learning.data import Parts

DATA = Path(os.environ.get("NEURODEPLOY_DATA", "../shared/data")) / "fashion-mnist"
PACKAGE, INSIDE = "dataset-fashion-mnist", Path("usr/share/datasets/fashion-mnist")
INSTALLED = "/" / INSIDE
CACHED = (
    Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "neurodeploy/fashion-mnist"
)
REMEDY = (
    "Fashion-MNIST is in Debian's package dataset-fashion-mnist and at "
    "github.com/zalandoresearch/fashion-mnist; put its four files into a folder fashion-mnist and "
    "its parent into NEURODEPLOY_DATA"
)

N_TRAIN, N_VALIDATION = 20_000, 5_000
SPLIT_SEED = 0

CHECKSUMS = {
    "train-images-idx3": "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
    "train-labels-idx1": "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
    "t10k-images-idx3": "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
    "t10k-labels-idx1": "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34",
}
"""sha256 of what NAME-ubyte.gz unpacks to, as Zalando Research publishes the data."""


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
    folder = files()
    x, y = images_in(folder, "train"), labels_in(folder, "train")
    order = np.random.default_rng(SPLIT_SEED).permutation(len(y))
    whole = Samples(x=x, y=y, where="Fashion-MNIST")
    test = Samples(
        x=images_in(folder, "t10k"),
        y=labels_in(folder, "t10k"),
        where="Fashion-MNIST's test images",
    )
    return Fashion(
        train=whole.taken(order[:N_TRAIN]),
        validation=whole.taken(order[-N_VALIDATION:]),
        test=test,
    )


def files() -> Path:
    """Return the folder of the four files, each as published; they are fetched if they are nowhere.

    A folder that NEURODEPLOY_DATA names is the only one looked at.
    """
    if "NEURODEPLOY_DATA" in os.environ or DATA.is_dir():
        return checked(DATA, CHECKSUMS, REMEDY)
    if INSTALLED.is_dir():
        return checked(INSTALLED, CHECKSUMS, REMEDY)
    if not CACHED.is_dir():
        _fetch()
    return checked(CACHED, CHECKSUMS, f"delete {CACHED}, and it is fetched again")


def _fetch() -> None:
    print(f"fetching Debian's {PACKAGE} (31 MB) into {CACHED}", file=sys.stderr, flush=True)
    try:
        debian.fetch(PACKAGE, INSIDE, CACHED)
    except SystemExit as reason:
        raise SystemExit(f"{reason}\n{REMEDY}") from None


if __name__ == "__main__":
    print(files())
