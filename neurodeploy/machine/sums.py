"""Level L2: the longest sum of one core's work, then the barrier.

A step takes as long as the core that sweeps its neurons longest, or the core that accumulates its
synapses longest, and then the barrier: ``max(max_c sweep_c, max_c synapses_c) + sync``. A core's
sweep is a visit of all its neurons, an update of the active ones, the spikes, and a send for each
message; its synapses are a look-up for each message that arrives, and every synapse with its
accumulation. This is the rule that SANA-FE calls its "simple" timing model (Boyle et al., IEEE
TCAD 44(8), 2025).
"""

import numpy as np

from neurodeploy.machine.clock import ESTIMATES, NOMINAL, Clock
from neurodeploy.machine.counts import Kept
from neurodeploy.machine.times import Times, Unit, constant, longest
from neurodeploy.machine.work import Work


def sums(work: Work, clock: Clock, counts: Kept) -> Times:
    """Return the times of one sample with `counts` (step, column)."""
    sync = clock.ticks["sync"]
    ticks = np.zeros((len(ESTIMATES), len(counts)), np.int64)
    of_estimates = work.ticks(counts)
    for k in ESTIMATES:
        ticks[k] = of_estimates[k].max(axis=(1, 2), initial=0) + sync[k]
    spent = of_estimates[NOMINAL]
    units = (
        (Unit.SWEEP, spent[:, :, 0]),
        (Unit.SYNAPSES, spent[:, :, 1]),
        (Unit.BARRIER, constant(int(sync[NOMINAL]), len(counts))),
    )
    return Times(
        ticks=ticks,
        core_ticks=spent.sum(axis=0),
        first_core_ticks=spent,
        bound_by=longest(units)[1],
        barrier_ticks=int(sync[NOMINAL]) * len(counts),
        management_ticks=0,
    )
