"""The extremes of a quotient over a box of coefficients are those that a search of it finds."""

import itertools

import numpy as np
import pytest

from neurodeploy.report.early_exit.ratio import Pair, ratio


@pytest.mark.parametrize("seed", range(20))
def test_ends_are_the_extremes_over_all_corners(seed: int) -> None:
    rng = np.random.default_rng(seed)
    pairs = [
        Pair(
            part=float(rng.random()) * rng.integers(0, 2),
            whole=float(rng.random()) * (k > 0) * rng.integers(0, 2) + 0.01 * (k == 1),
            low=float(rng.uniform(0.3, 1)),
            high=float(rng.uniform(1, 3)),
        )
        for k in range(6)
    ]
    found = ratio(pairs)
    assert found is not None
    corners = []
    for factors in itertools.product(*((p.low, p.high) for p in pairs)):
        part = sum(f * p.part for f, p in zip(factors, pairs, strict=True))
        corners.append(part / sum(f * p.whole for f, p in zip(factors, pairs, strict=True)))
    assert found.low == pytest.approx(min(corners), rel=1e-12)
    assert found.high == pytest.approx(max(corners), rel=1e-12)
    assert found.low <= found.value <= found.high


def test_nothing_spent_has_no_ratio() -> None:
    assert ratio([Pair(part=0.0, whole=0.0, low=0.5, high=2.0)]) is None
