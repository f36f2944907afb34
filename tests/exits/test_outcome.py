"""What stopping early did, counted by hand; and its interval against its definition."""

import math

import numpy as np
import pytest

from neurodeploy.exits.outcome import outcome_of
from neurodeploy.exits.share import share


def test_outcome_by_hand() -> None:
    labels = np.asarray([0, 0, 0, 1, 1, 1])
    full = np.asarray([0, 0, 1, 1, 1, 0])
    now = np.asarray([0, 1, 0, 1, 0, 0])
    steps = np.asarray([1, 2, 1, 4, 4, 1])
    found = outcome_of(steps, now, full, labels, 4)
    assert found.accuracy == 3 / 6
    assert found.full_accuracy == 4 / 6
    assert found.steps == (3, 1, 0, 2)
    assert found.mean_step == 13 / 6
    assert found.early.count == 4
    assert found.early_accuracy == 2 / 4
    assert (found.right_to_wrong.count, found.wrong_to_right.count) == (2, 1)
    # Sample 4 went wrong too, but no check stopped it early.
    assert (found.false_exits.count, found.false_exits.n) == (1, 4)
    assert found.drop_pp == pytest.approx(100 / 6)
    assert (found.worst_class, found.worst_class_drop_pp) == (1, pytest.approx(100 / 3))


def test_nobody_early_has_no_share_of_the_early() -> None:
    labels = np.asarray([0, 1])
    found = outcome_of(np.asarray([3, 3]), labels, labels, labels, 3)
    assert found.early_accuracy is None
    assert found.false_exits.value is None
    assert found.steps == (0, 0, 2)


@pytest.mark.parametrize(("count", "n"), [(0, 40), (1, 7), (3, 20), (20, 20)])
def test_interval_leaves_a_fortieth_on_each_side(count: int, n: int) -> None:
    def at_most(k: int, p: float) -> float:
        return sum(math.comb(n, i) * p**i * (1 - p) ** (n - i) for i in range(k + 1))

    found = share(count, n)
    assert found.low is not None
    assert found.high is not None
    if count:
        assert 1 - at_most(count - 1, found.low) == pytest.approx(0.025, rel=1e-9)
    else:
        assert found.low == 0.0
    if count < n:
        assert at_most(count, found.high) == pytest.approx(0.025, rel=1e-9)
    else:
        assert found.high == 1.0
