"""Counts of the machine as metrics."""

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from neurodeploy.machine.counts import HARDWARE_SYNOPS, Count
from neurodeploy.report.metric import Metric, exact

COUNTED: Mapping[str, tuple[Count, ...]] = MappingProxyType(
    {
        "synops_effective": (Count.SYNOPS_EFFECTIVE,),
        "synops_hw": HARDWARE_SYNOPS,
        "macs": (Count.MACS,),
        "spikes": (Count.SPIKES,),
        "neuron_updates_active": (Count.NEURON_UPDATES_ACTIVE,),
        "messages": (Count.MESSAGES_OUT,),
        "messages_in": (Count.MESSAGES_IN,),
        "hops": (Count.HOPS_EW, Count.HOPS_NS),
        "current_wraps": (Count.CURRENT_WRAPS,),
        "voltage_saturations": (Count.VOLTAGE_SATURATIONS,),
    }
)
"""The columns that each metric sums."""


def counted(counts: NDArray[np.floating]) -> dict[str, Metric]:
    """Return the metrics of one row of counts (count,)."""
    return {
        name: exact(name, float(sum(counts[column] for column in columns)))
        for name, columns in COUNTED.items()
    }
