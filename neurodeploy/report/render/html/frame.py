"""`Frame`: where tiles and cores lie on the map, in pixels."""

from dataclasses import dataclass

CORE = 38
GAP = 4
TILE_GAP = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """The tiles drawn: from (left, top), and how the cores of a tile are laid out."""

    left: int
    top: int
    width: int
    height: int
    across: int
    down: int

    @property
    def tile_width(self) -> int:
        """Pixels from one tile to the next."""
        return self.across * (CORE + GAP) + GAP + TILE_GAP

    @property
    def tile_height(self) -> int:
        """Pixels from one tile to the one below."""
        return self.down * (CORE + GAP) + GAP + TILE_GAP

    def corner(self, tile: tuple[int, int]) -> tuple[int, int]:
        """Return the top left corner of a tile."""
        return (tile[0] - self.left) * self.tile_width, (tile[1] - self.top) * self.tile_height
