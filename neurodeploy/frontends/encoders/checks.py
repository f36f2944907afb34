"""What several encoders ask of their arguments."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from neurodeploy.errors import InputError


def check_steps(n_steps: int) -> None:
    """Refuse fewer steps than one (ND2304)."""
    if n_steps < 1:
        raise InputError("ND2304", f"encoding over {n_steps} steps, at least 1 is needed")


def check_unit_interval(x: NDArray[Any], coder: str) -> None:
    """Refuse values that are not in 0..1, NaN among them (ND2304)."""
    outside = ~((x >= 0) & (x <= 1))
    if outside.any():
        raise InputError(
            "ND2304",
            f"{coder} coding needs values in 0..1: {int(outside.sum())} of {x.size} are outside, "
            f"between {np.min(x):g} and {np.max(x):g}; scale them",
        )
