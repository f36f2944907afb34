"""`BlockTrace`: what some samples did, filled by the engine; `SampleTrace`: one of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from neurodeploy.machine.causes import Lists
from neurodeploy.machine.columns import Columns
from neurodeploy.machine.counts import Kept
from neurodeploy_cpu_emu.kernels.arrays import Raster

ACTIVE, WRAPS, SATURATIONS = range(3)
"""Places of what neurons count, as in `machine.counts.NEURON_COUNTS`."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SampleTrace:
    """What one sample did; axis 0 is the step, axis 1 the neuron (C order) or the slice.

    Parameters
    ----------
    outputs : by input and population; int8 spikes, int32 for graded inputs and readouts.
    u, v : int32 state at the end of each step, of the recorded populations.
    active : neurons with input, state or bias to work on, by population, step and slice.
    moves : uint8, 1 for each of these neurons, by population; only where they are wanted.
    wraps, saturations : neurons whose current wrapped and whose voltage was clipped.
    """

    outputs: Mapping[str, Raster]
    u: Mapping[str, NDArray[np.int32]]
    v: Mapping[str, NDArray[np.int32]]
    active: Mapping[str, Kept]
    moves: Mapping[str, NDArray[np.uint8]]
    wraps: Mapping[str, Kept]
    saturations: Mapping[str, Kept]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class BlockTrace:
    """What some samples did; axis 0 is the sample, the others as in `SampleTrace`.

    Parameters
    ----------
    outputs : those that are only listed are written out when they are asked for.
    counts : (sample, step, column), of which neurons fill their own.
    lists : spikes that are known by their bits, of all steps.
    whole : whether all steps are run at once; only then a population may be listed alone.
    """

    outputs: Mapping[str, Raster]
    u: Mapping[str, NDArray[np.int32]]
    v: Mapping[str, NDArray[np.int32]]
    counts: Kept
    columns: Columns
    moves: Mapping[str, NDArray[np.uint8]]
    lists: Lists = field(default_factory=dict)
    whole: bool = False

    @property
    def n_samples(self) -> int:
        """Number of samples."""
        return len(self.counts)

    @property
    def n_steps(self) -> int:
        """Number of steps."""
        return self.counts.shape[1]

    def follows(self, name: str) -> bool:
        """Return whether it is wanted what each neuron of a population did within a step."""
        return name in self.u or name in self.moves

    def sample(self, k: int, n_steps: int | None = None) -> SampleTrace:
        """Return the first `n_steps` of sample `k`, or all; its arrays are views of the block's."""
        steps = slice(n_steps)
        counts = self.columns.of_neurons(self.counts[k, steps])
        return SampleTrace(
            outputs={name: values[k, steps] for name, values in self.outputs.items()},
            u={name: values[k, steps] for name, values in self.u.items()},
            v={name: values[k, steps] for name, values in self.v.items()},
            active={name: values[:, ACTIVE] for name, values in counts.items()},
            moves={name: values[k, steps] for name, values in self.moves.items()},
            wraps={name: values[:, WRAPS] for name, values in counts.items()},
            saturations={name: values[:, SATURATIONS] for name, values in counts.items()},
        )
