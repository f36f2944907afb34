"""Intervals of a few runs, against textbook figures and against drawing many samples."""

import math

import numpy as np
import pytest

from neurodeploy.report.interval import interval, paired


def test_three_values_take_students_quantile_for_two_degrees() -> None:
    found = interval([1.0, 2.0, 3.0])
    assert (found.mean, found.n) == (2.0, 3)
    assert found.half_width == pytest.approx(4.302653 / math.sqrt(3), rel=1e-6)
    assert (found.low, found.high) == (2 - found.half_width, 2 + found.half_width)


def test_what_pairs_share_does_not_widen_the_interval() -> None:
    rng = np.random.default_rng(0)
    shared = rng.normal(0, 10, 5)
    first, second = shared + 1.0 + rng.normal(0, 0.1, 5), shared
    found = paired(first.tolist(), second.tolist())
    assert found.mean == pytest.approx(1.0, abs=0.2)
    assert found.half_width < 0.3
    assert interval(first.tolist()).half_width > 5


def test_intervals_cover_the_mean_as_often_as_they_say() -> None:
    rng = np.random.default_rng(1)
    found = [interval(rng.normal(3.0, 1.0, 3).tolist()) for _ in range(2000)]
    covered = np.mean([i.low <= 3.0 <= i.high for i in found])
    assert 0.93 < covered < 0.97


def test_one_value_has_no_spread_and_none_no_mean() -> None:
    assert math.isnan(interval([4.0]).half_width)
    with pytest.raises(ValueError, match="no values, so no mean"):
        interval([])


def test_values_without_a_partner_are_refused() -> None:
    with pytest.raises(ValueError, match="zip"):
        paired([1.0, 2.0], [1.0])
