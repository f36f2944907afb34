"""The queue that a message enters next, compiled: along x first, then along y."""

from neurodeploy.machine.compiled import uncounted
from neurodeploy.machine.events.state import Network
from neurodeploy.machine.links import Direction

DIRECTIONS = len(Direction)
EAST, WEST, NORTH, SOUTH = map(int, Direction)  # plain integers, which the compiler takes


@uncounted
def entrance(network: Network, sender: int, core: int) -> int:
    """Return the queue that a message enters from its sender; the host's enter their core's."""
    if sender == 0:
        return network.n_links + core
    return _way(network, network.x[sender - 1], network.y[sender - 1], core)


@uncounted
def behind_link(network: Network, link: int, core: int) -> int:
    """Return the queue that a message enters behind a link."""
    tile, direction = link // DIRECTIONS, link % DIRECTIONS
    x = tile % network.width + int(direction == EAST) - int(direction == WEST)
    y = tile // network.width + int(direction == NORTH) - int(direction == SOUTH)
    return _way(network, x, y, core)


@uncounted
def _way(network: Network, x: int, y: int, core: int) -> int:
    """Return the queue from a tile to a core: a link along x, a link along y, or the core's."""
    to_x, to_y = network.x[core], network.y[core]
    if x == to_x and y == to_y:
        return network.n_links + core
    first = (y * network.width + x) * DIRECTIONS
    if x != to_x:
        return first + (EAST if to_x > x else WEST)
    return first + (NORTH if to_y > y else SOUTH)
