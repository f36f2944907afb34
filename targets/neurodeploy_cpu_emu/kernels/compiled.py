"""How every kernel is compiled, the array types they take, and the wrap that they share."""

from collections.abc import Callable
from typing import Any, TypeAlias, TypeVar, cast

import numba
import numpy as np
from numpy.typing import NDArray

F = TypeVar("F", bound=Callable[..., Any])

Bools: TypeAlias = NDArray[np.bool_]
I16: TypeAlias = NDArray[np.int16]
I32: TypeAlias = NDArray[np.int32]
I64: TypeAlias = NDArray[np.int64]
U8: TypeAlias = NDArray[np.uint8]
U64: TypeAlias = NDArray[np.uint64]
Raster: TypeAlias = NDArray[np.int8] | I32
Weights: TypeAlias = NDArray[np.int8] | NDArray[np.uint8] | I16 | I32


def compiled(function: F) -> F:
    """Compile `function` at its first call for each set of types; the result is kept on disk."""
    return cast(F, numba.njit(cache=True, nogil=True)(function))


@compiled
def wrap(value: np.int64, bits: int) -> np.int64:
    """Return `value` in two's complement of `bits` bits."""
    half = np.int64(1) << (bits - 1)
    return ((value + half) & ((half << 1) - 1)) - half
