"""The expected reward by hand, and its best choice against trying every one."""

import numpy as np
import pytest

from neurodeploy.methods.early_exit.reward import rewards_of

RIGHT = np.asarray([[1, 1, 1, 1], [0, 1, 1, 1], [0, 0, 0, 1], [1, 0, 0, 1]], bool)


def test_rewards_by_hand() -> None:
    found = rewards_of(RIGHT, (1, 2, 4), beta=3.0)
    np.testing.assert_array_equal(
        found.values, [[1, 0.5, 0.125], [-3, 0.5, 0.125], [-3, -3, 0.125], [1, -3, 0.125]]
    )
    # Half of them are right at once, so that the others weigh a / (1 - a) = 1.
    np.testing.assert_array_equal(found.weights, [1, 1, 1, 1])
    shares = np.asarray([[1, 0, 0], [0.5, 0.5, 0], [0, 0, 1], [0, 1, 0]])
    assert found.expected(shares) == pytest.approx((1 - 1.25 + 0.125 - 3) / 4)


def test_hard_samples_weigh_by_the_share_of_easy_ones() -> None:
    right = np.ones((10, 3), bool)
    right[8:, 0] = False
    found = rewards_of(right, (1, 2, 3), beta=1.0)
    np.testing.assert_allclose(found.weights, [1] * 8 + [4] * 2)


def test_all_easy_samples_need_no_weights() -> None:
    assert (rewards_of(np.ones((4, 2), bool), (1, 2), beta=1.0).weights == 1).all()
