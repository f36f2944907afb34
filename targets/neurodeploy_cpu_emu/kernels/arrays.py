"""Arrays that kernels take, by their short names."""

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Bools: TypeAlias = NDArray[np.bool_]
I16: TypeAlias = NDArray[np.int16]
I32: TypeAlias = NDArray[np.int32]
I64: TypeAlias = NDArray[np.int64]
U8: TypeAlias = NDArray[np.uint8]
U64: TypeAlias = NDArray[np.uint64]
Raster: TypeAlias = NDArray[np.int8] | I32
Weights: TypeAlias = NDArray[np.int8] | NDArray[np.uint8] | I16 | I32
