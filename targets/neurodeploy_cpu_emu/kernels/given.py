"""What is given to an input, as its raster or as bits."""

import numpy as np
from numpy.typing import NDArray

from neurodeploy.machine.compiled import compiled
from neurodeploy.machine.lanes import LANES, set_bits
from neurodeploy.machine.spikes import Listed, Numbers, bits_set, listed, numbered, rest_bits
from neurodeploy_cpu_emu.kernels.arrays import U64, Raster


def taken(given: NDArray[np.integer], raster: Raster) -> tuple[int, int]:
    """Set `raster` (sample, step, neuron) to `given`, and to 0 in the steps that it lacks.

    Returns
    -------
    The least and the largest of `given`; 0 and 0 where it is empty.
    """
    if not given.size:
        raster[:] = 0
        return 0, 0
    low, high = _taken(_numbers(given), raster)
    return int(low), int(high)


def taken_bits(given: NDArray[np.integer], n_steps: int) -> tuple[Listed, int, int]:
    """Return which of `given` (sample, step, neuron), bytes in C order, are not 0, for `n_steps`.

    Returns
    -------
    those of each step of each sample; the least and the largest value, 0 and 0 where there is none.
    """
    if not given.size:
        return listed(np.zeros((len(given) * n_steps, given.shape[2]), np.int8)), 0, 0
    masks, numbers, low, high = _taken_bits(_numbers(given), n_steps)
    return Listed(masks, numbers), int(low), int(high)


def _numbers(given: NDArray[np.integer]) -> NDArray[np.integer]:
    return given.view(np.uint8) if given.dtype == np.bool_ else given


@compiled
def _taken_bits(
    given: NDArray[np.integer], n_steps: int
) -> tuple[U64, Numbers, np.integer, np.integer]:
    n_samples, n_given, n_neurons = given.shape
    flat, n_parts, n_whole = given.ravel(), -(-n_neurons // LANES), n_neurons // LANES
    masks = np.zeros((n_samples * n_steps, n_parts), np.uint64)
    low = high = flat[0]
    for b in range(n_samples):
        for k in range(n_given):
            start, row = (b * n_given + k) * n_neurons, np.uintp(b * n_steps + k)
            for i in range(np.uintp(start), np.uintp(start + n_neurons)):
                low, high = min(low, flat[i]), max(high, flat[i])
            for part in range(n_whole):
                masks[row, np.uintp(part)] = set_bits(flat, start + part * LANES)
            if n_whole < n_parts:
                at, n = start + n_whole * LANES, n_neurons - n_whole * LANES
                masks[row, np.uintp(n_whole)] = rest_bits(flat, at, n)
    return masks, numbered(masks, bits_set(masks)), low, high


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
