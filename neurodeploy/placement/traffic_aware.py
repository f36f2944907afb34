"""Strategy `traffic-aware`: balanced slices, on the tiles that keep the busiest link lightest.

Cores change places, alone or in pairs, while that lightens the busiest link or, failing that,
evens the links out (the sum of the squares of their loads). The cores' work stays as `balanced` has
it. An iterated local search (Lourenco, Martin and Stuetzle 2003) from a fixed seed, bounded in the
exchanges that it tries: no single exchange is left that helps, or the bound is reached; the best of
all arrangements it need not be.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from neurodeploy.deployment.placement import Placement, Slice
from neurodeploy.machine.links import Tile, link_loads, messages
from neurodeploy.placement.activity import Activity
from neurodeploy.placement.balanced import count_cores
from neurodeploy.placement.barrier import spans
from neurodeploy.placement.kernels import exchange
from neurodeploy.placement.problem import Problem

_SWEEPS = 20
"""Every pair of places is tried this often at most before the search starts again."""

_KICKS = 10
"""How often the search starts again, from the best so far after `_KICK` exchanges by chance."""

_KICK = 4

_SEED = 0

Ints = NDArray[np.int64]
Score = tuple[int, float]


def settle(
    problem: Problem, slices: tuple[Slice, ...], numbered: Sequence[Tile], activity: Activity
) -> tuple[Tile, ...]:
    """Return the tile of each core of `slices`; the busiest link is no busier than on `numbered`.

    Parameters
    ----------
    numbered : the tile of every core of the chip, by its number there. Cores spread over no more of
        them than one barrier of the same length spans.
    """
    n_cores = count_cores(slices)
    reach = spans(problem.hardware, len(numbered))
    numbered = numbered[: next(most for most, _ in reach if most >= n_cores)]
    start = Placement(strategy="", slices=slices, tiles=tuple(numbered[:n_cores]), usage=())
    sent = messages(problem.program, start, activity.spikes)
    core_of = np.full(len(numbered), -1, np.int64)
    core_of[:n_cores] = np.arange(n_cores)
    best = _search(sent, numbered, core_of)
    places = {int(core): slot for slot, core in enumerate(best) if core >= 0}
    return tuple(numbered[places[core]] for core in range(n_cores))


def _search(sent: Ints, slots: Sequence[Tile], start: Ints) -> Ints:
    """Return the core in each of `slots`, the best that was found from `start`."""
    rng = np.random.default_rng(_SEED)
    best, score = _climbed(sent, slots, start, rng)
    for _ in range(_KICKS):
        found, its_score = _climbed(sent, slots, _kicked(best, rng), rng)
        if its_score <= score:
            best, score = found, its_score
    return best


def _climbed(
    sent: Ints, slots: Sequence[Tile], start: Ints, rng: np.random.Generator
) -> tuple[Ints, Score]:
    """Exchange until nothing helps, in an order shuffled anew for every sweep."""
    core_of, loads = start.copy(), _loads(sent, slots, start)
    x, y = np.asarray(slots, np.int64).T.copy()
    pairs = np.stack(np.triu_indices(len(slots), 1), axis=1)
    for _ in range(_SWEEPS):
        if not exchange(sent, x, y, core_of, loads, rng.permutation(pairs)):
            break
    return core_of, (int(loads.max(initial=0)), float(np.square(loads, dtype=np.float64).sum()))


def _kicked(core_of: Ints, rng: np.random.Generator) -> Ints:
    """Return `core_of` after a few exchanges by chance, to get out of a local optimum."""
    kicked = core_of.copy()
    for a, b in rng.integers(len(kicked), size=(_KICK, 2)):
        kicked[[a, b]] = kicked[[b, a]]
    return kicked


def _loads(sent: Ints, slots: Sequence[Tile], core_of: Ints) -> Ints:
    """Return the loads of the whole mesh that `slots` span."""
    used = core_of >= 0
    among_slots = np.zeros((len(slots),) * 2, np.int64)
    among_slots[np.ix_(used, used)] = sent[np.ix_(core_of[used], core_of[used])]
    return link_loads(among_slots, slots)
