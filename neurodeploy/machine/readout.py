"""Turn an output population's values over the steps into one integer a neuron."""

import numpy as np
from numpy.typing import NDArray

from neurodeploy.machine.compiled import compiled
from neurodeploy.machine.lanes import LANES
from neurodeploy.program import Output
from neurodeploy.terms import Readout


def read(output: Output, raster: NDArray[np.integer], n_stimulus_steps: int) -> NDArray[np.int64]:
    """Return the readout, (neuron,) or (sample, neuron).

    ``mean`` is kept as the sum over the window, so that it stays an integer.

    Parameters
    ----------
    raster : spikes or voltages (step, neuron) or (sample, step, neuron), drained steps included.
    """
    window = raster[..., _window(output, n_stimulus_steps), :]
    if not window.shape[-2]:
        return np.zeros((*raster.shape[:-2], raster.shape[-1]), np.int64)
    match output.readout:
        case Readout.COUNT:
            return _counted(window)
        case Readout.SUM | Readout.MEAN:
            return window.sum(axis=-2, dtype=np.int64)
        case Readout.LAST:
            return window[..., -1, :].astype(np.int64)
        case Readout.MAX:
            return window.max(axis=-2).astype(np.int64)


def read_bits(
    output: Output, masks: NDArray[np.uint64], n_neurons: int, n_stimulus_steps: int
) -> NDArray[np.int64]:
    """Return the readout ``count``, (sample, neuron), as `read` does.

    Parameters
    ----------
    masks : the spikes (sample, step, part), as `machine.spikes.Listed` has them.
    """
    first, last, _ = _window(output, n_stimulus_steps).indices(masks.shape[1])
    return _count_bits(masks, first, last, n_neurons)


def _window(output: Output, n_stimulus_steps: int) -> slice:
    """Return the steps that are read."""
    return slice(output.lag_steps + output.first_step, output.lag_steps + n_stimulus_steps)


def _counted(window: NDArray[np.integer]) -> NDArray[np.int64]:
    """Return how often each neuron is not 0; numpy would copy the window first."""
    shape = (*window.shape[:-2], window.shape[-1])
    found = np.zeros(shape, np.int64)
    _count(window.reshape(-1, *window.shape[-2:]), found.reshape(-1, shape[-1]))
    return found


@compiled
def _count(window: NDArray[np.integer], found: NDArray[np.int64]) -> None:
    for sample in range(len(window)):
        for row in window[sample]:
            for i in range(len(row)):
                found[sample, i] += row[i] != 0


@compiled
def _count_bits(
    masks: NDArray[np.uint64], first: int, last: int, n_neurons: int
) -> NDArray[np.int64]:
    found = np.zeros((len(masks), n_neurons), np.int64)
    for sample in range(len(masks)):
        for step in range(first, last):
            for i in range(n_neurons):
                word = masks[sample, step, i // LANES]
                found[sample, i] += np.int64(word >> np.uint64(i % LANES) & np.uint64(1))
    return found
