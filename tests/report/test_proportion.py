"""Exact binomial intervals."""

import pytest
from scipy.stats import binom

from neurodeploy.report.proportion import proportion


@pytest.mark.parametrize(("k", "n"), [(0, 10), (1, 10), (722, 1000), (10, 10)])
def test_the_ends_leave_a_fortieth_on_each_side(k: int, n: int) -> None:
    """At the lower end, k or more has chance 0.025; at the upper, k or fewer. To 1e-9."""
    found = proportion(k, n)
    assert found.share == k / n
    above, below = binom.sf(k - 1, n, found.low), binom.cdf(k, n, found.high)
    assert above == pytest.approx(0.0 if k == 0 else 0.025, abs=1e-9) or found.low == 0.0
    assert below == pytest.approx(0.025, abs=1e-9) or found.high == 1.0
    assert (found.low == 0.0) == (k == 0)
    assert (found.high == 1.0) == (k == n)


def test_no_samples_have_no_share() -> None:
    with pytest.raises(ValueError, match=r"^0 of 0 is no share$"):
        proportion(0, 0)
