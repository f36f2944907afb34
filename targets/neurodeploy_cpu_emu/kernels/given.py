"""What is given to an input, as its raster."""

import numpy as np
from numpy.typing import NDArray

from neurodeploy_cpu_emu.kernels.compiled import Raster, compiled


def taken(given: NDArray[np.integer], raster: Raster) -> tuple[int, int]:
    """Set `raster` (sample, step, neuron) to `given`, and to 0 in the steps that it lacks.

    Returns
    -------
    The least and the largest of `given`; 0 and 0 where it is empty.
    """
    if not given.size:
        raster[:] = 0
        return 0, 0
    low, high = _taken(given.view(np.uint8) if given.dtype == np.bool_ else given, raster)
    return int(low), int(high)


@compiled
def _taken(given: NDArray[np.integer], raster: Raster) -> tuple[np.integer, np.integer]:
    n_samples, n_steps, n_neurons = given.shape
    low = high = given[0, 0, 0]
    for b in range(n_samples):
        for k in range(n_steps):
            values, row = given[b, k], raster[b, k]
            for i in range(n_neurons):
                value = values[i]
                low, high = min(low, value), max(high, value)
                row[i] = value
        raster[b, n_steps:] = 0
    return low, high
