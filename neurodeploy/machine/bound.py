"""Level L1: a lower bound of each step's time, from the busiest unit of each kind.

A step takes at least as long as the busiest core sweeps its neurons, accumulates its synapses, or
reads its synapse memory; as the busiest link carries its messages; and as the barrier takes. What
waits for what is not in this bound, nor are the host and the management. Source of the form, a
maximum over the busiest units: Timcheck et al. 2026 (arXiv:2601.10035).
"""

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from neurodeploy.machine.clock import ESTIMATES, NOMINAL, Clock
from neurodeploy.machine.compiled import compiled, inlined
from neurodeploy.machine.counts import Kept
from neurodeploy.machine.times import Ints, Times, Unit
from neurodeploy.machine.work import KINDS, Work, spend

_Used: TypeAlias = tuple[Ints, Ints]
"""How often each unit is used in each step, (step, unit), and the ticks of a use, (estimate,)."""

_MEMORY, _LINK, _BARRIER = int(Unit.MEMORY), int(Unit.LINK), int(Unit.BARRIER)


def bound(
    work: Work, clock: Clock, counts: Kept, words: Ints, messages: Ints, n_samples: int = 1
) -> Times:
    """Return the bound of some samples in a row, of as many steps each.

    Parameters
    ----------
    counts : (step, column)
    words : reads of synapse memory, (step, core); no columns where they take no time.
    messages : (step, link), likewise.
    """
    n_steps, sync = len(counts), clock.ticks["sync"]
    ticks = np.empty((len(ESTIMATES), n_steps), np.int64)
    core_ticks = np.empty((work.n_cores, KINDS), np.int64)
    first_core_ticks = np.empty((n_steps // n_samples, work.n_cores, KINDS), np.int64)
    bound_by = np.empty((n_steps, 2), np.int32)
    _bound(
        counts,
        (work.always, work.places, work.prices),
        (words, clock.ticks["synapse_word"]),
        (messages, clock.ticks["link_message"]),
        sync,
        ticks,
        core_ticks,
        first_core_ticks,
        bound_by,
    )
    return Times(
        ticks=ticks,
        core_ticks=core_ticks,
        first_core_ticks=first_core_ticks,
        bound_by=bound_by,
        barrier_ticks=int(sync[NOMINAL]) * n_steps,
        management_ticks=0,
    )


@compiled
def _bound(
    counts: Kept,
    work: tuple[Ints, Ints, Ints],
    words: _Used,
    messages: _Used,
    sync: Ints,
    ticks: Ints,
    core_ticks: Ints,
    first_core_ticks: Ints,
    bound_by: NDArray[np.int32],
) -> None:
    always, places, prices = work
    n_works, spent = always.shape[1], np.empty(always.shape, np.int64)
    total = np.zeros(n_works, np.int64)
    for step in range(len(counts)):
        spend(counts[step], always, places, prices, spent)
        for k in range(len(spent)):
            most = max(sync[k], _longest(words, step, k), _longest(messages, step, k))
            for w in range(n_works):
                most = max(most, spent[k, w])
            ticks[k, step] = most
        nominal = spent[NOMINAL]
        for w in range(n_works):
            total[w] += nominal[w]
        if step < len(first_core_ticks):
            _by_core(nominal, first_core_ticks[step])
        unit, number = _whose(ticks[NOMINAL, step], nominal, words, messages, step)
        bound_by[step, 0], bound_by[step, 1] = unit, number
    _by_core(total, core_ticks)


@inlined
def _by_core(works: Ints, found: Ints) -> None:
    """Set `found` (core, kind) to `works`, numbered as `machine.work` does."""
    n_cores, n_kinds = found.shape
    for core in range(n_cores):
        for kind in range(n_kinds):
            found[core, kind] = works[kind * n_cores + core]


@inlined
def _longest(used: _Used, step: int, k: int) -> int:
    often, price = used
    most = 0
    for unit in range(often.shape[1]):
        most = max(most, often[step, unit])
    return most * price[k]


@inlined
def _whose(most: int, spent: Ints, words: _Used, messages: _Used, step: int) -> tuple[int, int]:
    """Return whose time is the longest, a `Unit` and its number; of equal ones the first."""
    n_cores = len(spent) // KINDS
    for w in range(len(spent)):
        if spent[w] == most:
            return w // n_cores, w % n_cores
    reads, word = words
    for core in range(reads.shape[1]):
        if reads[step, core] * word[NOMINAL] == most:
            return _MEMORY, core
    carried, message = messages
    for link in range(carried.shape[1]):
        if carried[step, link] * message[NOMINAL] == most:
            return _LINK, link
    return _BARRIER, -1
