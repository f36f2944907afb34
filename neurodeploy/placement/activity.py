"""`Activity`: how often each input line and neuron sends, which placement plans for."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from neurodeploy.program.program import Program
from neurodeploy.storage.arrays import frozen


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Activity:
    """Spikes, or values that are not 0, counted over a run.

    Parameters
    ----------
    spikes : int64 (neuron,) in C order, by the name of every input and population.
    n_steps : the steps they were counted over, all samples together.
    origin : where they come from: what completes "the activity is ..."
    """

    spikes: Mapping[str, NDArray[np.int64]]
    n_steps: int
    origin: str

    def __post_init__(self) -> None:
        arrays = {name: frozen(array, np.int64) for name, array in self.spikes.items()}
        object.__setattr__(self, "spikes", arrays)

    def of_sum(self, names: tuple[str, ...]) -> NDArray[np.int64]:
        """Return the spikes of summed sources; those of one step are counted each, never more."""
        total = sum((self.spikes[name] for name in names[1:]), self.spikes[names[0]])
        return np.minimum(total, self.n_steps)


def every_step(program: Program) -> Activity:
    """Return the activity to assume where none was measured: all send in every step."""
    sizes = {node.name: int(np.prod(node.shape, dtype=np.int64)) for node in program.nodes}
    return Activity(
        spikes={name: np.ones(size, np.int64) for name, size in sizes.items()},
        n_steps=1,
        origin="assumed for want of calibration data: a spike of all in every step",
    )
