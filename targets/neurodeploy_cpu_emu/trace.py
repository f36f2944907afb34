"""`BlockTrace`: what some samples did, filled by the engine; `SampleTrace`: one of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from neurodeploy.machine.causes import Lists
from neurodeploy.program import Input, Program
from neurodeploy_cpu_emu.kernels.compiled import Raster
from neurodeploy_cpu_emu.kernels.given import taken
from neurodeploy_cpu_emu.kernels.neurons import READOUT
from neurodeploy_cpu_emu.plan import Plan

ACTIVE, WRAPS, SATURATIONS = range(3)
"""Places in the third axis of `BlockTrace.counts`."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SampleTrace:
    """What one sample did; axis 0 is the step, axis 1 the neuron (C order) or the slice.

    Parameters
    ----------
    outputs : by input and population; int8 spikes, int32 for graded inputs and readouts.
    u, v : int32 state at the end of each step, of the recorded populations.
    active : int64, neurons with input, state or bias to work on, by population, step and slice.
    moves : uint8, 1 for each of these neurons, by population; only where they are wanted.
    wraps, saturations : int64, neurons whose current wrapped and whose voltage was clipped.
    """

    outputs: Mapping[str, Raster]
    u: Mapping[str, NDArray[np.int32]]
    v: Mapping[str, NDArray[np.int32]]
    active: Mapping[str, NDArray[np.int64]]
    moves: Mapping[str, NDArray[np.uint8]]
    wraps: Mapping[str, NDArray[np.int64]]
    saturations: Mapping[str, NDArray[np.int64]]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class BlockTrace:
    """What some samples did; axis 0 is the sample, the others as in `SampleTrace`.

    Parameters
    ----------
    counts : int64 (sample, step, 3, slice) by population: active, wraps, saturations.
    lists : spikes that were listed on the way, of all steps.
    """

    outputs: Mapping[str, Raster]
    u: Mapping[str, NDArray[np.int32]]
    v: Mapping[str, NDArray[np.int32]]
    counts: Mapping[str, NDArray[np.int64]]
    moves: Mapping[str, NDArray[np.uint8]]
    lists: Lists = field(default_factory=dict)

    @property
    def n_samples(self) -> int:
        """Number of samples."""
        return len(next(iter(self.outputs.values())))

    @property
    def n_steps(self) -> int:
        """Number of steps."""
        return next(iter(self.outputs.values())).shape[1]

    def follows(self, name: str) -> bool:
        """Return whether it is wanted what each neuron of a population did within a step."""
        return name in self.u or name in self.moves

    def sample(self, k: int, n_steps: int | None = None) -> SampleTrace:
        """Return the first `n_steps` of sample `k`, or all; its arrays are views of the block's."""
        steps = slice(n_steps)
        counts = {name: values[k, steps] for name, values in self.counts.items()}
        return SampleTrace(
            outputs={name: values[k, steps] for name, values in self.outputs.items()},
            u={name: values[k, steps] for name, values in self.u.items()},
            v={name: values[k, steps] for name, values in self.v.items()},
            active={name: values[:, ACTIVE] for name, values in counts.items()},
            moves={name: values[k, steps] for name, values in self.moves.items()},
            wraps={name: values[:, WRAPS] for name, values in counts.items()},
            saturations={name: values[:, SATURATIONS] for name, values in counts.items()},
        )


def empty(
    program: Program,
    prepared: Plan,
    stimulus: Mapping[str, NDArray[np.integer]],
    n_steps: int,
    record: frozenset[str],
    moves: bool,
    *,
    whole: bool,
) -> BlockTrace:
    """Return a trace that holds its inputs, and zeros where no population writes.

    Parameters
    ----------
    whole : whether every population moves in all steps from its first on.

    Raises
    ------
    ValueError
        If the stimulus leaves the range that an input declares.
    """
    rasters = {n.name: _raster(n, stimulus[n.name], n_steps) for n in program.inputs}
    n_samples = len(next(iter(rasters.values()), np.zeros(1)))
    steps = (n_samples, n_steps)
    recorded = [n for n in prepared.neurons if n.name in record]
    marked = prepared.neurons if moves else ()
    outputs = {
        n.name: np.empty((*steps, n.size), np.int32 if n.rule == READOUT else np.int8)
        for n in prepared.neurons
    }
    for n in prepared.neurons:
        outputs[n.name][:, : n.timing[0] if whole else None] = 0
    return BlockTrace(
        outputs={**rasters, **outputs},
        u={n.name: np.zeros((*steps, n.size), np.int32) for n in recorded},
        v={n.name: np.zeros((*steps, n.size), np.int32) for n in recorded},
        counts={n.name: np.zeros((*steps, 3, len(n.slices)), np.int64) for n in prepared.neurons},
        moves={n.name: np.zeros((*steps, n.size), np.uint8) for n in marked},
    )


def _raster(node: Input, given: NDArray[np.integer], n_steps: int) -> Raster:
    n_samples = len(given)
    values = given[:, :n_steps].reshape(n_samples, min(given.shape[1], n_steps), -1)
    shape = (n_samples, n_steps, values.shape[2])
    raster: Raster = np.empty(shape, np.int32) if node.graded else np.empty(shape, np.int8)
    low, high = taken(values, raster)
    if low < node.low or high > node.high:
        raise ValueError(
            f"input {node.name!r} declares {node.low}..{node.high}, its stimulus has "
            f"{min(low, node.low)}..{max(high, node.high)}"
        )
    return raster
