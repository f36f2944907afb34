"""The library's random programs, and random cuts of them into slices."""

from itertools import pairwise

import numpy as np

from neurodeploy.program import Program
from neurodeploy.target.conformance import KINDS, Case, random_case

__all__ = ["KINDS", "Case", "random_case", "random_slices"]


def random_slices(
    rng: np.random.Generator, program: Program
) -> dict[str, tuple[tuple[int, int], ...]]:
    """Return a random cut of every population into 1 to 4 ranges."""

    def cut(size: int) -> tuple[tuple[int, int], ...]:
        inner = rng.integers(1, size, rng.integers(0, 4)) if size > 1 else []
        bounds = [0, *sorted({int(i) for i in inner}), size]
        return tuple(pairwise(bounds))

    return {p.name: cut(p.size) for p in program.populations}
