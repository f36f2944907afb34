"""What every core of a placement uses, counted exactly."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from neurodeploy.deployment.placement import Slice, Usage
from neurodeploy.hardware import Hardware
from neurodeploy.placement.afferents import Afferents, load
from neurodeploy.placement.limits import AXONS_IN, AXONS_OUT, PER_CORE, known_limit
from neurodeploy.program.program import Program

Reached = dict[int, NDArray[np.bool_]]


def usage(
    program: Program,
    slices: Sequence[Slice],
    afferents: Mapping[str, Afferents],
    hardware: Hardware,
) -> tuple[Mapping[str, Usage], ...]:
    """Return used and limit of every quantity of every core.

    Axons that arrive are (source neuron or input line, projection) pairs with a stored synapse into
    the core; axons that leave are (neuron of the core, destination core) pairs.
    """
    used = [_stored(program, core, slices, afferents) for core in range(_n_cores(slices))]
    leaving: dict[str, Reached] = defaultdict(dict)
    for projection in program.projections:
        for core, mask in _reached(afferents[projection.name], projection.target, slices).items():
            used[core][AXONS_IN] += int(np.count_nonzero(mask)) * len(projection.sources)
            for source in projection.sources:
                leaving[source][core] = leaving[source].get(core, False) | mask
    for part in slices:
        for mask in leaving[part.population].values():
            used[part.core][AXONS_OUT] += int(np.count_nonzero(mask[part.start : part.stop]))
    limits = {name: known_limit(hardware, name) for name in PER_CORE}
    return tuple(
        {name: Usage(used=counts[name], limit=limits[name]) for name in PER_CORE} for counts in used
    )


def _n_cores(slices: Sequence[Slice]) -> int:
    return max((part.core for part in slices), default=-1) + 1


def _stored(
    program: Program, core: int, slices: Sequence[Slice], afferents: Mapping[str, Afferents]
) -> Counter[str]:
    """Return neurons and bytes of one core; its axons are unions over slices, so not yet."""
    total: Counter[str] = Counter()
    for part in slices:
        if part.core == core:
            incoming = tuple(
                afferents[projection.name] for projection in program.projections_to(part.population)
            )
            total.update(load(incoming, part.start, part.stop))
    total[AXONS_IN] = 0
    return total


def _reached(afferents: Afferents, target: str, slices: Sequence[Slice]) -> Reached:
    """Return which source neurons have a synapse into each core that holds some of `target`."""
    found: Reached = {}
    for part in slices:
        if part.population == target:
            mask = afferents.reached(part.start, part.stop)
            found[part.core] = found.get(part.core, False) | mask
    return found
