"""`Times`: how long the steps of one sample take, and which unit of the machine sets the time."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from neurodeploy.machine.compiled import compiled

Ints = NDArray[np.int64]


class Unit(IntEnum):
    """What can be the last to finish, or the busiest, in a step."""

    SWEEP = 0
    """A core's neurons."""
    SYNAPSES = 1
    """A core's synapses."""
    MEMORY = 2
    """A core's synapse memory."""
    LINK = 3
    """A link between tiles, by its index in ``link_messages`` laid flat."""
    HOST = 4
    """The host's port, or its reading of the outputs."""
    BARRIER = 5
    """The barrier that ends a step."""
    MANAGEMENT = 6
    """The embedded processors, once a step."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Times:
    """The time of one sample, or of the steps of some in a row.

    Parameters
    ----------
    ticks : (estimate, step), low, nominal and high.
    core_ticks : nominal ticks (core, 2) in which each core's sweep and its synapses work, summed
        over the steps.
    first_core_ticks : (step, core, 2), the same step by step, of the first sample at least.
    bound_by : (step, 2), the `Unit` that sets the nominal time and its number: core, link or -1.
    barrier_ticks, management_ticks : nominal, summed over the steps; 0 where the level has none.
    """

    ticks: Ints
    core_ticks: Ints
    first_core_ticks: Ints
    bound_by: NDArray[np.int32]
    barrier_ticks: int
    management_ticks: int


def joined(parts: Sequence[Times]) -> Times:
    """Return the times of samples one after another."""
    return Times(
        ticks=np.concatenate([times.ticks for times in parts], axis=1),
        core_ticks=np.sum([times.core_ticks for times in parts], axis=0),
        first_core_ticks=parts[0].first_core_ticks,
        bound_by=np.concatenate([times.bound_by for times in parts]),
        barrier_ticks=sum(times.barrier_ticks for times in parts),
        management_ticks=sum(times.management_ticks for times in parts),
    )


Finished = tuple[Unit, Ints]
"""A kind of unit, and ticks (step, unit)."""


def longest(units: Sequence[Finished]) -> tuple[Ints, NDArray[np.int32]]:
    """Return the longest time of each step, (step,), and whose it is, (step, 2).

    Of equal ones the kind that stands first wins, then the lowest number.
    """
    n_steps = len(units[0][1])
    ticks, whose = np.full(n_steps, -1, np.int64), np.full((n_steps, 2), -1, np.int32)
    for unit, values in units:
        _raise(values, int(unit), unit <= Unit.LINK, ticks, whose)
    return ticks, whose


@compiled
def _raise(values: Ints, unit: int, numbered: bool, ticks: Ints, whose: NDArray[np.int32]) -> None:
    """Let those of `values` (step, unit) that are longer than `ticks` take their place."""
    for step in range(values.shape[0]):
        for k in range(values.shape[1]):
            if values[step, k] > ticks[step]:
                ticks[step] = values[step, k]
                whose[step, 0] = unit
                whose[step, 1] = k if numbered else -1


def constant(ticks: int, n_steps: int) -> Ints:
    """Return the same time for every step, (step, 1)."""
    return np.full((n_steps, 1), ticks, np.int64)
