"""Messages between cores, and what they load onto each link of the mesh under XY routing.

A message first travels along x, then along y (dimension order; as Loihi's routers do, Davies et al.
2018). A link leads from one tile to a neighbour, so each pair of neighbours has two. What the host
sends enters by a way that is not known, and loads no link here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from neurodeploy.deployment.placement import Placement
from neurodeploy.machine.counts import HOST, rows_of
from neurodeploy.machine.ledger import reached_cores
from neurodeploy.program import Program

Ints = NDArray[np.int64]
Tile = tuple[int, int]


class Direction(IntEnum):
    """Where a link leads, and the last axis of `link_loads`."""

    EAST = 0
    """To x + 1."""
    WEST = 1
    """To x - 1."""
    NORTH = 2
    """To y + 1."""
    SOUTH = 3
    """To y - 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """The link that leaves `tile` in a direction."""

    tile: Tile
    direction: Direction


def route(source: Tile, target: Tile) -> tuple[Link, ...]:
    """Return the links that a message takes from tile to tile, in order."""
    (x, y), (to_x, to_y) = source, target
    east, north = (1 if to_x > x else -1), (1 if to_y > y else -1)
    along_x = Direction.EAST if east > 0 else Direction.WEST
    along_y = Direction.NORTH if north > 0 else Direction.SOUTH
    return (
        *(Link(tile=(step, y), direction=along_x) for step in range(x, to_x, east)),
        *(Link(tile=(to_x, step), direction=along_y) for step in range(y, to_y, north)),
    )


def messages(program: Program, placement: Placement, spikes: Mapping[str, Ints]) -> Ints:
    """Return the messages (core, core) from each core to each: one a spike and destination core.

    Parameters
    ----------
    spikes : (neuron,) by population, counted over any number of steps.
    """
    rows = rows_of(program, placement)
    found = np.zeros((len(placement.tiles),) * 2, np.int64)
    for population in program.populations:
        reached = reached_cores(program, rows, population.name)
        own = [row for row in rows if row.node == population.name and row.core != HOST]
        for core, (_, mask) in reached.items():
            sent = np.where(mask, spikes[population.name], 0)
            for row in own:
                found[row.core, core] += sent[row.start : row.stop].sum()
    return found


def link_loads(sent: Ints, tiles: Sequence[Tile]) -> Ints:
    """Return the messages over each link, (y, x, direction), under XY routing.

    Parameters
    ----------
    sent : messages (core, core), as `messages` counts them.
    tiles : (x, y) by core.
    """
    width, height = (max((tile[axis] for tile in tiles), default=0) + 1 for axis in (0, 1))
    x, y = np.asarray(tiles, np.int64).reshape(-1, 2).T
    between = np.zeros((height, width, height, width), np.int64)  # from (y, x) to (y, x)
    np.add.at(between, (y[:, None], x[:, None], y, x), sent)
    along_x, along_y = between.sum(axis=2), between.sum(axis=1)  # (y, x, to x), (y, to y, to x)
    loads = np.zeros((height, width, len(Direction)), np.int64)
    for k in range(width):
        loads[:, k, Direction.EAST] = along_x[:, : k + 1, k + 1 :].sum(axis=(1, 2))
        loads[:, k, Direction.WEST] = along_x[:, k:, :k].sum(axis=(1, 2))
    for k in range(height):
        loads[k, :, Direction.NORTH] = along_y[: k + 1, k + 1 :].sum(axis=(0, 1))
        loads[k, :, Direction.SOUTH] = along_y[k:, :k].sum(axis=(0, 1))
    return loads
