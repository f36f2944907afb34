"""Random slices on random cores, for what must hold of any placement."""

import numpy as np

from neurodeploy.deployment.placement import Placement, Slice
from support.random_programs import Case, random_slices

CORES = 5


def scattered(case: Case) -> Placement:
    """Random slices on random cores of a 3 by 2 mesh of tiles."""
    rng = np.random.default_rng(case.seed)
    slices = tuple(
        Slice(population=name, core=int(rng.integers(CORES)), start=start, stop=stop)
        for name, ranges in random_slices(rng, case.program).items()
        for start, stop in ranges
    )
    tiles = tuple((int(rng.integers(3)), int(rng.integers(2))) for _ in range(CORES))
    return Placement(strategy="random", slices=slices, tiles=tiles, usage=({},) * CORES)
