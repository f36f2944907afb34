"""Direct coding: the values themselves, in every step."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from neurodeploy.frontends.encoders.checks import check_steps


def direct(x: NDArray[Any], n_steps: int) -> NDArray[Any]:
    """Return the values themselves in every step, (sample, step, *shape), as a read-only view.

    Raises
    ------
    InputError
        If `n_steps` cannot be used (ND2304).
    """
    check_steps(n_steps)
    return np.broadcast_to(x[:, None], (len(x), n_steps, *x.shape[1:]))
