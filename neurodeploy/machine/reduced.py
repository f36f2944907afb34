"""Counts of some samples to what a Run keeps of them, in one pass over memory."""

import numpy as np
from numpy.typing import NDArray

from neurodeploy.machine.compiled import compiled

Ints = NDArray[np.int64]


@compiled
def summed(values: Ints) -> Ints:
    """Return `values` (step, column) summed over steps."""
    total = np.zeros(values.shape[1], np.int64)
    for row in values:
        for i in range(len(total)):
            total[i] += row[i]
    return total


@compiled
def reduced(counts: Ints) -> Ints:
    """Return counts (sample, step, column) summed over steps, over samples, and their maxima.

    Returns
    -------
    (sample + 2 * step, column): the totals of the samples, then the sums of the steps, then their
    maxima.
    """
    n_samples, n_steps, size = counts.shape
    found = np.zeros((n_samples + 2 * n_steps, size), np.int64)
    totals, sums, maxima = found, found[n_samples:], found[n_samples + n_steps :]
    for b in range(n_samples):
        for k in range(n_steps):
            values, total, most, added = counts[b, k], totals[b], maxima[k], sums[k]
            for i in range(size):
                total[i] += values[i]
                added[i] += values[i]
                most[i] = max(most[i], values[i])
    return found
