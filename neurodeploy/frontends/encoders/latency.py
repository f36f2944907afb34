"""Latency coding: one spike a value, the earlier the larger it is."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from neurodeploy.frontends.encoders.checks import check_steps, check_unit_interval


def latency(x: NDArray[Any], n_steps: int) -> NDArray[np.uint8]:
    """Return one spike a value, in step ``rint((1 - x) (n_steps - 1))``; 0 never fires.

    1 fires in the first step and the smallest values in the last. The step is computed in float64;
    halves go to the even step.

    Parameters
    ----------
    x : (sample, *shape), values 0 to 1.

    Returns
    -------
    (sample, step, *shape), 0 or 1.

    Raises
    ------
    InputError
        If a value is not in 0..1, or `n_steps` cannot be used (ND2304).

    Notes
    -----
    Source: snntorch 1.0.0, `spikegen.latency` with ``linear=True, normalize=True``, which fires
    zeros in the last step.
    """
    check_steps(n_steps)
    check_unit_interval(x, "latency")
    step = np.rint((1.0 - x.astype(np.float64)) * (n_steps - 1)).astype(np.int64)
    steps = np.arange(n_steps).reshape(-1, *[1] * (x.ndim - 1))
    return ((step[:, None] == steps) & (x[:, None] != 0)).astype(np.uint8)
