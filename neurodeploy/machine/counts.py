"""The counts that are kept for every slice, in one fixed order."""

from dataclasses import dataclass
from enum import IntEnum
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from neurodeploy.deployment.placement import Placement
from neurodeploy.program import Program


class Count(IntEnum):
    """Columns of every array of counts.

    A synaptic operation (SOP) is one weight accumulated into one neuron because of one arriving
    spike; ``SYNOPS_DENSE``, ``_SPARSE`` and ``_CONV`` count stored synapses by format, zeros
    included, ``SYNOPS_EFFECTIVE`` those whose weight is not 0 (NeuroBench's definition). ``MACS``
    are the effective ones with a graded payload. A message is one spike to one core.
    """

    SPIKES = 0
    NEURON_UPDATES_ACTIVE = 1
    MESSAGES_OUT = 2
    MESSAGES_IN = 3
    HOPS_EW = 4
    HOPS_NS = 5
    SYNOPS_DENSE = 6
    SYNOPS_SPARSE = 7
    SYNOPS_CONV = 8
    SYNOPS_EFFECTIVE = 9
    MACS = 10
    CURRENT_WRAPS = 11
    VOLTAGE_SATURATIONS = 12


HARDWARE_SYNOPS = (Count.SYNOPS_DENSE, Count.SYNOPS_SPARSE, Count.SYNOPS_CONV)

NEURON_COUNTS = (
    Count.NEURON_UPDATES_ACTIVE,
    Count.CURRENT_WRAPS,
    Count.VOLTAGE_SATURATIONS,
)
"""What only the neurons know, in the order of `target.accounting.SampleEvents.neuron_counts`."""

Kept: TypeAlias = NDArray[np.int32] | NDArray[np.int64]
"""Counts (row, column) as a ledger keeps them: in 32 bits where none can be larger."""

HOST = -1
"""The core number of what the host sends."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row of the counts: neurons ``start:stop`` of a population on a core, or an input."""

    node: str
    core: int
    start: int
    stop: int
    size: int
    """Neurons of the whole node."""


def rows_of(program: Program, placement: Placement) -> tuple[Row, ...]:
    """Return the rows of every array of counts: the placement's slices, then the inputs."""
    sizes = {node.name: int(np.prod(node.shape, dtype=np.int64)) for node in program.nodes}
    slices = tuple(
        Row(
            node=part.population,
            core=part.core,
            start=part.start,
            stop=part.stop,
            size=sizes[part.population],
        )
        for part in placement.slices
    )
    inputs = tuple(
        Row(node=node.name, core=HOST, start=0, stop=sizes[node.name], size=sizes[node.name])
        for node in program.inputs
    )
    return (*slices, *inputs)
