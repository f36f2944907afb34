"""`Mesh`: the tiles in use, and the links of a route through them, by number."""

from collections.abc import Sequence
from dataclasses import dataclass

from neurodeploy.machine.links import Direction, Tile, route

DIRECTIONS = len(Direction)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mesh:
    """A rectangle of tiles; link ``(y * width + x) * 4 + direction`` leaves tile (x, y)."""

    width: int
    height: int

    @property
    def n_links(self) -> int:
        """Number of links, those that would leave the rectangle counted too."""
        return self.width * self.height * DIRECTIONS

    def route(self, source: Tile, target: Tile) -> tuple[int, ...]:
        """Return the links that a message takes from tile to tile, in order."""
        return tuple(
            (link.tile[1] * self.width + link.tile[0]) * DIRECTIONS + link.direction
            for link in route(source, target)
        )


def mesh_of(tiles: Sequence[Tile]) -> Mesh:
    """Return the smallest mesh from (0, 0) that holds `tiles`; XY routes do not leave it."""
    return Mesh(
        width=max((x for x, _ in tiles), default=0) + 1,
        height=max((y for _, y in tiles), default=0) + 1,
    )
