"""Rate coding: spikes by chance, the value being the probability."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neurodeploy.errors import InputError
from neurodeploy.frontends.encoders.checks import check_steps, check_unit_interval


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
    check_steps(n_steps)
    check_unit_interval(x, "rate")
    spikes = np.empty((len(x), n_steps, *x.shape[1:]), np.uint8)
    for k, index in enumerate(range(len(x)) if indices is None else indices):
        draws = np.random.default_rng((seed, index)).random(spikes.shape[1:])
        spikes[k] = draws < x[k]
    return spikes
