"""Loads of links equal a walk of every message, and add up to the hops that are counted."""

import numpy as np
import pytest
from support.random_programs import KINDS, random_case
from support.scattered import scattered

from neurodeploy.machine.counts import Count
from neurodeploy.machine.ledger import ledger_of
from neurodeploy.machine.links import Direction, Link, link_loads, messages, route
from neurodeploy.program.reference import simulate


@pytest.mark.parametrize(
    ("source", "target", "way"),
    [
        ((1, 1), (1, 1), ()),
        ((0, 0), (2, 1), (((0, 0), "EAST"), ((1, 0), "EAST"), ((2, 0), "NORTH"))),
        ((2, 2), (1, 0), (((2, 2), "WEST"), ((1, 2), "SOUTH"), ((1, 1), "SOUTH"))),
    ],
)
def test_message_goes_along_x_and_then_along_y(
    source: tuple[int, int],
    target: tuple[int, int],
    way: tuple[tuple[tuple[int, int], str], ...],
) -> None:
    assert route(source, target) == tuple(Link(tile=t, direction=Direction[d]) for t, d in way)


@pytest.mark.parametrize("seed", range(5))
def test_loads_are_those_of_every_message_walked(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n_cores = int(rng.integers(1, 12))
    tiles = [(int(rng.integers(5)), int(rng.integers(3))) for _ in range(n_cores)]
    sent = rng.integers(0, 9, (n_cores, n_cores))
    loads = link_loads(sent, tiles)
    wanted = np.zeros_like(loads)
    for source, target in np.ndindex(sent.shape):
        for link in route(tiles[source], tiles[target]):
            x, y = link.tile
            wanted[y, x, link.direction] += sent[source, target]
    np.testing.assert_array_equal(loads, wanted)


@pytest.mark.parametrize("kind", KINDS)
def test_messages_and_hops_are_those_of_the_ledger(kind: str) -> None:
    case = random_case(kind, 1)
    program, placement = case.program, scattered(case)
    outputs = {
        name: values.reshape(case.n_steps, -1)
        for name, values in simulate(program, case.stimulus, case.n_steps).outputs.items()
    }
    spikes = {p.name: np.count_nonzero(outputs[p.name], axis=0) for p in program.populations}
    sent = messages(program, placement, spikes)
    loads = link_loads(sent, placement.tiles)
    ledger = ledger_of(program, placement)
    counts = ledger.count(outputs, case.n_steps).sum(axis=0)
    on_chip = [k for k, row in enumerate(ledger.rows) if row.core >= 0]
    by_core = np.zeros(len(placement.tiles), np.int64)
    for k in on_chip:
        by_core[ledger.rows[k].core] += counts[k, Count.MESSAGES_OUT]
    np.testing.assert_array_equal(sent.sum(axis=1), by_core)
    along_x = loads[..., [Direction.EAST, Direction.WEST]].sum()
    along_y = loads[..., [Direction.NORTH, Direction.SOUTH]].sum()
    assert along_x == counts[on_chip][:, Count.HOPS_EW].sum()
    assert along_y == counts[on_chip][:, Count.HOPS_NS].sum()
