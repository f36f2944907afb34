"""`Placement`: which neurons live on which core, and what that uses of the chip."""

from collections.abc import Mapping
from dataclasses import dataclass

from neurodeploy.storage.codec import digest


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice:
    """Neurons ``start:stop`` (C order) of a population on one core.

    A slice of a (channels, height, width) population is whole channels, or whole rows of one
    channel, so that a convolution's fan-out into it is a product of two one-dimensional rules.
    """

    population: str
    core: int
    start: int
    stop: int

    @property
    def size(self) -> int:
        """Number of neurons."""
        return self.stop - self.start


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """How much of one limit is used; `limit` None is no limit, or an unknown one."""

    used: int
    limit: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """Slices in the order of the program's populations, and the usage of every core.

    Parameters
    ----------
    tiles : (x, y) of the tile of each core in use, by core.
    usage : by core, then by the chip's name of the limit (``neurons_per_core``, ...).
    """

    strategy: str
    slices: tuple[Slice, ...]
    tiles: tuple[tuple[int, int], ...]
    usage: tuple[Mapping[str, Usage], ...]

    @property
    def digest(self) -> str:
        """Fingerprint of everything it says."""
        return digest(self)

    @property
    def n_cores(self) -> int:
        """Cores in use."""
        return len(self.usage)

    def slices_of(self, population: str) -> tuple[Slice, ...]:
        """Slices of one population, ascending."""
        return tuple(s for s in self.slices if s.population == population)
