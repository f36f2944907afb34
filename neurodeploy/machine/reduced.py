"""Counts of some samples to what a Run keeps of them, in one pass over memory."""

import numpy as np
from numpy.typing import NDArray

from neurodeploy.machine.compiled import compiled
from neurodeploy.machine.counts import Kept
from neurodeploy.machine.kernels import spread

Ints = NDArray[np.int64]


@compiled
def reduced(counts: Kept, column_of: Ints, factors: Ints) -> Ints:
    """Return counts (sample, step, column) summed over steps, over samples, and their maxima.

    Returns
    -------
    (sample + 2 * step, target), spread as `machine.kernels.spread` does: the totals of the samples,
    then the sums of the steps, then their maxima.
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
    return spread(found, column_of, factors)
