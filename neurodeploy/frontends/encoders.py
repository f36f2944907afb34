"""Turn values into series over time: spikes by rate, or the values themselves in every step."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neurodeploy.errors import InputError


def rate(
    x: NDArray[Any], n_steps: int, seed: int, *, indices: Sequence[int] | None = None
) -> NDArray[np.uint8]:
    """Return Bernoulli spikes: in each step a value fires with itself as the probability.

    Every sample has a generator of its own, seeded with `seed` and the sample's index, so that a
    part of the data gives the spikes it has in the whole.

    Parameters
    ----------
    x : (sample, *shape), values 0 to 1.
    indices : the index of each sample in the whole data set; 0, 1, 2, ... if None.

    Returns
    -------
    (sample, step, *shape), 0 or 1.

    Raises
    ------
    InputError
        If a value is not in 0..1, or `n_steps` or `seed` cannot be used (ND2304).
    """
    if seed < 0:
        raise InputError("ND2304", f"rate coding: seed is {seed}, at least 0 is needed")
    _check_steps(n_steps)
    outside = ~((x >= 0) & (x <= 1))
    if outside.any():
        raise InputError(
            "ND2304",
            f"rate coding needs values in 0..1: {int(outside.sum())} of {x.size} are outside, "
            f"between {np.min(x):g} and {np.max(x):g}; scale them",
        )
    spikes = np.empty((len(x), n_steps, *x.shape[1:]), np.uint8)
    for k, index in enumerate(range(len(x)) if indices is None else indices):
        draws = np.random.default_rng((seed, index)).random(spikes.shape[1:])
        spikes[k] = draws < x[k]
    return spikes


def direct(x: NDArray[Any], n_steps: int) -> NDArray[Any]:
    """Return the values themselves in every step, (sample, step, *shape), as a read-only view.

    Raises
    ------
    InputError
        If `n_steps` cannot be used (ND2304).
    """
    _check_steps(n_steps)
    return np.broadcast_to(x[:, None], (len(x), n_steps, *x.shape[1:]))


def _check_steps(n_steps: int) -> None:
    if n_steps < 1:
        raise InputError("ND2304", f"encoding over {n_steps} steps, at least 1 is needed")
