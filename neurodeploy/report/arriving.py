"""Events that arrive at a layer: what its synaptic operations are counted from."""

import numpy as np
from numpy.typing import NDArray

from neurodeploy.machine.counts import Count, Row
from neurodeploy.program import Program


def arriving_events(
    program: Program, rows: tuple[Row, ...], sums: NDArray[np.int64], name: str
) -> int:
    """Return the events of the sources of `name`, counted once for each projection.

    Parameters
    ----------
    sums : counts (row, count) of all samples together.
    """
    sent: dict[str, int] = {}
    for k, row in enumerate(rows):
        sent[row.node] = sent.get(row.node, 0) + int(sums[k, Count.SPIKES])
    return sum(sent[source] for p in program.projections_to(name) for source in p.sources)
