"""The handwritten digits that come with scikit-learn, split for the demo."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

SPLIT_SEED = 2
N_TEST, N_VALIDATION = 450, 270
"""Of 1797: a quarter for the test, 15 % for validation, the rest for training."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Part:
    """Samples `x` (sample, 64), 8 by 8 pixels with values 0 to 1, and labels `y` (sample,)."""

    x: NDArray[np.float32]
    y: NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Digits:
    """Three parts without a sample in common; the classes have equal shares in each."""

    train: Part
    validation: Part
    test: Part


def load_digits() -> Digits:
    """Return the 1797 digits, always split in the same way.

    Source: optical recognition of handwritten digits, Alpaydin & Kaynak 1998 (UCI), as bundled
    with scikit-learn; the values are 0 to 16 there.
    """
    from sklearn.datasets import load_digits as bundled
    from sklearn.model_selection import train_test_split

    data = bundled()
    x = (data.data / 16).astype(np.float32)
    y = data.target.astype(np.int64)
    rest_x, test_x, rest_y, test_y = train_test_split(
        x, y, test_size=N_TEST, stratify=y, random_state=SPLIT_SEED
    )
    train_x, validation_x, train_y, validation_y = train_test_split(
        rest_x, rest_y, test_size=N_VALIDATION, stratify=rest_y, random_state=SPLIT_SEED
    )
    return Digits(
        train=Part(x=train_x, y=train_y),
        validation=Part(x=validation_x, y=validation_y),
        test=Part(x=test_x, y=test_y),
    )
