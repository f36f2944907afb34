"""Turn an output population's values over the steps into one integer a neuron."""

import numpy as np
from numpy.typing import NDArray

from neurodeploy.program import Output
from neurodeploy.terms import Readout


def read(output: Output, raster: NDArray[np.integer], n_stimulus_steps: int) -> NDArray[np.int64]:
    """Return the readout, (neuron,) or (sample, neuron).

    ``mean`` is kept as the sum over the window, so that it stays an integer.

    Parameters
    ----------
    raster : spikes or voltages (step, neuron) or (sample, step, neuron), drained steps included.
    """
    first = output.lag_steps + output.first_step
    window = raster[..., first : output.lag_steps + n_stimulus_steps, :].astype(np.int64)
    if not window.shape[-2]:
        return np.zeros((*raster.shape[:-2], raster.shape[-1]), np.int64)
    match output.readout:
        case Readout.COUNT:
            return np.count_nonzero(window, axis=-2).astype(np.int64)
        case Readout.SUM | Readout.MEAN:
            return window.sum(axis=-2)
        case Readout.LAST:
            return window[..., -1, :].copy()
        case Readout.MAX:
            return window.max(axis=-2)
