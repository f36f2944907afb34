"""Strategy `traffic-aware`: balanced slices, on the tiles that keep the busiest link lightest.

Cores change places, alone or in pairs, while that lightens the busiest link or, failing that,
evens the links out (the sum of the squares of their loads). The cores' work stays as `balanced` has
it. A local search: no better place for one core or one pair is left, or its bound of trials is
spent; the least of all arrangements it need not be.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from neurodeploy.deployment.placement import Placement, Slice
from neurodeploy.machine.links import Tile, link_loads, messages
from neurodeploy.placement.activity import Activity
from neurodeploy.placement.kernels import exchange
from neurodeploy.placement.problem import Problem

_SWEEPS = 20
"""Every pair of places is tried this often at most."""

_SEED = 0


def settle(
    problem: Problem, slices: tuple[Slice, ...], numbered: Sequence[Tile], activity: Activity
) -> tuple[Tile, ...]:
    """Return the tile of each core of `slices`; the busiest link is no busier than on `numbered`.

    Parameters
    ----------
    numbered : the tile of every core that may be used, by its number on the chip.
    """
    n_cores = max(part.core for part in slices) + 1
    start = Placement(strategy="", slices=slices, tiles=tuple(numbered[:n_cores]), usage=())
    sent = messages(problem.program, start, activity.spikes)
    core_of = np.full(len(numbered), -1, np.int64)
    core_of[:n_cores] = np.arange(n_cores)
    _search(sent, numbered, core_of)
    places = {int(core): slot for slot, core in enumerate(core_of) if core >= 0}
    return tuple(numbered[places[core]] for core in range(n_cores))


def _search(sent: NDArray[np.int64], slots: Sequence[Tile], core_of: NDArray[np.int64]) -> None:
    """Exchange what `core_of` says of `slots`, in an order shuffled anew for every sweep."""
    rng = np.random.default_rng(_SEED)
    x, y = np.asarray(slots, np.int64).T.copy()
    pairs = np.stack(np.triu_indices(len(slots), 1), axis=1)
    loads = _loads(sent, slots, core_of)
    for _ in range(_SWEEPS):
        if not exchange(sent, x, y, core_of, loads, rng.permutation(pairs)):
            break


def _loads(
    sent: NDArray[np.int64], slots: Sequence[Tile], core_of: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Return the loads of the whole mesh that `slots` span."""
    used = core_of >= 0
    among_slots = np.zeros((len(slots),) * 2, np.int64)
    among_slots[np.ix_(used, used)] = sent[np.ix_(core_of[used], core_of[used])]
    return link_loads(among_slots, slots)
