"""What a layer or a constant may be, so that a damaged file asks for no more than there is."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

MAX_VALUES = 1 << 26
"""Values of a layer of one sample, or of a constant that is computed while reading."""


def check_size(shape: tuple[int, ...]) -> None:
    """Raise ValueError if no layer is of `shape`."""
    if min(shape) < 1 or product(shape) > MAX_VALUES:
        raise ValueError(f"gives values of shape {shape}; a layer holds 1 to {MAX_VALUES:,} values")


def check_real(array: NDArray[Any]) -> None:
    """Raise ValueError if `array` holds no real numbers."""
    if array.dtype.kind in "cOSUMm":
        raise ValueError(f"is of type {array.dtype}, expected real numbers")


def product(shape: Any) -> int:
    """Return how many values are in `shape`, however many they are."""
    return int(np.prod(np.asarray(shape, dtype=object)))
