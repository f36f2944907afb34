"""Counts of some samples to what a Run keeps of them, in one pass over memory."""

import numpy as np
from numpy.typing import NDArray

from neurodeploy.machine.compiled import compiled

Ints = NDArray[np.int64]


@compiled
def reduced(counts: Ints) -> tuple[Ints, Ints, Ints]:
    """Return counts (sample, step, row, count) summed over steps, over samples, and their maxima.

    Returns
    -------
    totals (sample, row, count), sums and maxima (step, row, count)
    """
    n_samples, n_steps, n_rows, n_counts = counts.shape
    size = n_rows * n_counts
    flat = counts.reshape(n_samples, n_steps, size)
    totals = np.zeros((n_samples, size), np.int64)
    sums, maxima = np.zeros((n_steps, size), np.int64), np.zeros((n_steps, size), np.int64)
    for b in range(n_samples):
        for k in range(n_steps):
            values, total, most, added = flat[b, k], totals[b], maxima[k], sums[k]
            for i in range(size):
                total[i] += values[i]
                added[i] += values[i]
                most[i] = max(most[i], values[i])
    shape = (n_steps, n_rows, n_counts)
    return totals.reshape(n_samples, n_rows, n_counts), sums.reshape(shape), maxima.reshape(shape)
