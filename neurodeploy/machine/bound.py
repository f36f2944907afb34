"""Level L1: a lower bound of each step's time, from the busiest unit of each kind.

A step takes at least as long as the busiest core sweeps its neurons, accumulates its synapses, or
reads its synapse memory; as the busiest link carries its messages; and as the barrier takes. What
waits for what is not in this bound, nor are the host and the management. Source of the form, a
maximum over the busiest units: Timcheck et al. 2026 (arXiv:2601.10035).
"""

import numpy as np

from neurodeploy.machine.clock import ESTIMATES, NOMINAL, Clock
from neurodeploy.machine.times import Finished, Ints, Times, Unit, constant, longest
from neurodeploy.machine.work import Work


def bound(work: Work, clock: Clock, counts: Ints, words: Ints, messages: Ints) -> Times:
    """Return the bound of one sample.

    Parameters
    ----------
    counts : (step, row, count)
    words : reads of synapse memory, (step, core); no columns where they take no time.
    messages : (step, link), likewise.
    """
    n_steps = len(counts)
    spent = work.ticks(counts)
    ticks = np.zeros((len(ESTIMATES), n_steps), np.int64)
    for k in ESTIMATES:
        ticks[k], whose = longest(_units(clock, spent[k], words, messages, k))
        if k == NOMINAL:
            bound_by = whose
    return Times(
        ticks=ticks,
        core_ticks=spent[NOMINAL],
        bound_by=bound_by,
        barrier_ticks=int(clock.ticks["sync"][NOMINAL]) * n_steps,
        management_ticks=0,
    )


def _units(clock: Clock, spent: Ints, words: Ints, messages: Ints, k: int) -> tuple[Finished, ...]:
    return (
        (Unit.SWEEP, spent[:, :, 0]),
        (Unit.SYNAPSES, spent[:, :, 1]),
        (Unit.MEMORY, words * clock.ticks["synapse_word"][k]),
        (Unit.LINK, messages * clock.ticks["link_message"][k]),
        (Unit.BARRIER, constant(int(clock.ticks["sync"][k]), len(spent))),
    )
