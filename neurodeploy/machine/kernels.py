"""The one hot loop of the accounting: spikes times what each of them causes."""

import numba
import numpy as np
from numpy.typing import NDArray


@numba.njit(cache=True, nogil=True)
def accumulate(
    raster: NDArray[np.integer], causes: NDArray[np.int32], effects: NDArray[np.int64]
) -> None:
    """Add to `effects` (step, k) the `causes` (neuron, k) of every value of `raster` not 0.

    Parameters
    ----------
    raster : integers (step, neuron)
    """
    n_steps, n_neurons = raster.shape
    n_effects = causes.shape[1]
    for step in range(n_steps):
        for neuron in range(n_neurons):
            if raster[step, neuron] != 0:
                for k in range(n_effects):
                    effects[step, k] += causes[neuron, k]
