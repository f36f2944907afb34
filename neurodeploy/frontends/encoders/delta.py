"""Delta coding: spikes where a series rises or falls."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from neurodeploy.errors import InputError

OFF, ON = 0, 1


def delta(series: NDArray[Any], threshold: float) -> NDArray[np.uint8]:
    """Return a spike where a series changes by `threshold` or more from one step to the next.

    The change is computed in float64 against the step before, so that slower drifts give nothing;
    the first step has none before it and gives nothing.

    Parameters
    ----------
    series : (sample, step, *shape).

    Returns
    -------
    (sample, step, 2, *shape), 0 or 1: channel 0 for falls (off), channel 1 for rises (on).

    Raises
    ------
    InputError
        If `series` has no steps or no finite values, or `threshold` is not positive (ND2304).

    Notes
    -----
    Source: snntorch 1.0.0, `spikegen.delta` with ``padding=True, off_spike=True``, which has falls
    as -1 in the same channel.
    """
    problems = []
    if not (np.isfinite(threshold) and threshold > 0):
        problems.append(f"delta coding: threshold is {threshold:g}, a positive number is needed")
    if series.ndim < 2 or not series.shape[1]:
        problems.append(f"delta coding needs (sample, step, *shape), found {series.shape}")
    n_bad = int((~np.isfinite(series)).sum())
    if n_bad:
        problems.append(f"delta coding: {n_bad} of {series.size} values are NaN or infinite")
    if problems:
        raise InputError("ND2304", *problems)
    change = np.diff(series.astype(np.float64), axis=1)
    spikes = np.zeros((*series.shape[:2], 2, *series.shape[2:]), np.uint8)
    spikes[:, 1:, OFF] = change <= -threshold
    spikes[:, 1:, ON] = change >= threshold
    return spikes
