"""What NeuroBench counts in each step: operations of a connection, changed membranes."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Calls:
    """What one connection did, by step, over all samples: operations, and whether all are ACs.

    A step of a batch is one call; it consists of multiply-accumulates as soon as one of its
    values, in any sample, is none of -1, 0 and 1.
    """

    operations: NDArray[np.int64]
    analog: NDArray[np.bool_]

    @classmethod
    def of(cls, n_steps: int) -> "Calls":
        """Return the calls of `n_steps` steps in which nothing happened yet."""
        return cls(operations=np.zeros(n_steps, np.int64), analog=np.zeros(n_steps, np.bool_))

    def note(self, effective: NDArray[np.int64], given: NDArray[np.number]) -> None:
        """Add one sample.

        Parameters
        ----------
        effective : (value,), weights that are not 0 and that the value reaches.
        given : (step, value)
        """
        nonzero = given != 0
        self.operations[:] += nonzero.astype(np.int64) @ effective
        self.analog[:] |= (nonzero & (np.abs(given) != 1)).any(axis=1)

    @property
    def macs(self) -> int:
        """Operations of the steps with a value that is no spike."""
        return int(self.operations[self.analog].sum())

    @property
    def acs(self) -> int:
        """Operations of the other steps."""
        return int(self.operations[~self.analog].sum())


def updates(voltages: NDArray[np.number]) -> int:
    """Return how many voltages (step, *shape) a step changed; all of the first step count."""
    return int(np.count_nonzero(voltages[1:] != voltages[:-1])) + int(voltages[:1].size)
