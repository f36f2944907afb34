"""What stays on the host: how values enter the chip, and the operators the host computes."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from neurodeploy.storage.arrays import frozen


class InputCoding(StrEnum):
    """How values enter the chip.

    ``encoded``: integers 0 and 1, spikes. ``graded``: an integer payload in each step.
    ``injected``: the host computes the first linear operator and its integers enter as currents.
    """

    ENCODED = "encoded"
    GRADED = "graded"
    INJECTED = "injected"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class HostDrive:
    """A projection of the model that the host computes: ``rint(factor * chain(x))``.

    Parameters
    ----------
    input : the program's input at which the integers enter.
    projection : the model's projection whose chain is applied.
    factor : float64 (target size,), integers per float unit.
    """

    input: str
    projection: str
    factor: NDArray[np.float64]

    def __post_init__(self) -> None:
        object.__setattr__(self, "factor", frozen(self.factor, np.float64))
