"""What every core of a placement uses, counted exactly."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from neurodeploy.deployment.placement import Slice, Usage
from neurodeploy.hardware import Hardware
from neurodeploy.placement.afferents import Afferents
from neurodeploy.placement.cut import Range
from neurodeploy.placement.limits import (
    AXONS_IN,
    AXONS_OUT,
    NEURONS,
    PER_CORE,
    SYNAPSE_BYTES,
    known_limit,
)
from neurodeploy.program.program import Program

Masks = dict[int, NDArray[np.bool_]]


def usage(
    program: Program,
    slices: Sequence[Slice],
    afferents: Mapping[str, Afferents],
    hardware: Hardware,
) -> tuple[Mapping[str, Usage], ...]:
    """Return used and limit of every quantity of every core.

    Axons that arrive are (source neuron or input line, projection) pairs with a stored synapse into
    the core; axons that leave are (neuron of the core, destination core) pairs. A list of synapses
    is stored once a core, however many slices of its target lie there.
    """
    used = [dict.fromkeys(PER_CORE, 0) for _ in range(_n_cores(slices))]
    bits = [0] * len(used)
    leaving: dict[str, Masks] = defaultdict(dict)
    for part in slices:
        used[part.core][NEURONS] += part.size
    for projection in program.projections:
        incoming = afferents[projection.name]
        for core, ranges in _ranges_by_core(projection.target, slices).items():
            mask = _reached(incoming, ranges)
            n_lists = int(np.count_nonzero(mask))
            bits[core] += incoming.synapse_bits(ranges) + n_lists * incoming.list_bits
            used[core][AXONS_IN] += n_lists * incoming.n_sources
            for source in projection.sources:
                leaving[source][core] = leaving[source].get(core, False) | mask
    for part in slices:
        for mask in leaving[part.population].values():
            used[part.core][AXONS_OUT] += int(np.count_nonzero(mask[part.start : part.stop]))
    for counts, n_bits in zip(used, bits, strict=True):
        counts[SYNAPSE_BYTES] = -(-n_bits // 8)
    limits = {name: known_limit(hardware, name) for name in PER_CORE}
    return tuple(
        {name: Usage(used=counts[name], limit=limits[name]) for name in PER_CORE} for counts in used
    )


def _n_cores(slices: Sequence[Slice]) -> int:
    return max((part.core for part in slices), default=-1) + 1


def _ranges_by_core(target: str, slices: Sequence[Slice]) -> dict[int, list[Range]]:
    found: dict[int, list[Range]] = defaultdict(list)
    for part in slices:
        if part.population == target:
            found[part.core].append((part.start, part.stop))
    return found


def _reached(afferents: Afferents, ranges: Sequence[Range]) -> NDArray[np.bool_]:
    """Return which source neurons have a synapse into a core that holds `ranges`."""
    found = afferents.reached(*ranges[0])
    for start, stop in ranges[1:]:
        found = found | afferents.reached(start, stop)
    return found
