"""Where our cores lie in SANA-FE's numbering, and on which core the host's inputs are put.

SANA-FE numbers tiles column by column from 0 and the cores of a tile from 0.
"""

from collections import Counter
from dataclasses import dataclass

from neurodeploy.deployment.placement import Placement
from neurodeploy.errors import DoesNotCompile
from neurodeploy.hardware.hardware import Topology


@dataclass(frozen=True, slots=True, kw_only=True)
class Core:
    """A core as SANA-FE addresses it."""

    tile: int
    offset: int

    def __str__(self) -> str:
        return f"{self.tile}.{self.offset}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cores:
    """SANA-FE's address of each of our cores; `host` is the one that sends the inputs, if any."""

    placed: tuple[Core, ...]
    host: Core | None


def cores_of(placement: Placement, topology: Topology, *, host: bool) -> Cores:
    """Return the addresses of the placement's cores, and of a free one for the host's inputs.

    The host's core lies on the first used tile with a free core, else on the first free tile, so
    that it does not change the number of tiles in use where that can be helped.

    Raises
    ------
    DoesNotCompile
        If inputs need a core and every core is in use (ND3303).
    """
    taken: Counter[int] = Counter()
    placed = []
    for x, y in placement.tiles:
        tile = x * topology.mesh_height + y
        placed.append(Core(tile=tile, offset=taken[tile]))
        taken[tile] += 1
    if not host:
        return Cores(placed=tuple(placed), host=None)
    unused = (t for t in range(topology.mesh_width * topology.mesh_height) if not taken[t])
    candidates = (*sorted(taken), *unused)
    free = next((t for t in candidates if taken[t] < topology.cores_per_tile), None)
    if free is None:
        raise DoesNotCompile(
            "ND3303",
            "sana-fe: every core of the chip is in use, and the inputs need one to be sent from; "
            "place the network on fewer cores",
        )
    return Cores(placed=tuple(placed), host=Core(tile=free, offset=taken[free]))
