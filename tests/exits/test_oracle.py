"""Bounds by hand, and no rule below them."""

import numpy as np
import pytest
from support.matched import matched_data, matched_deployment

from neurodeploy.exits.oracle import oracle_of
from neurodeploy.toolchain.exiting import ExitOptions, sweep_exit


def test_oracle_by_hand() -> None:
    labels = np.asarray([1, 1, 1, 1])
    answers = np.asarray([[1, 1, 1], [0, 1, 1], [1, 0, 1], [0, 0, 0]])
    found = oracle_of(answers, labels)
    assert found.least_step == (1 + 2 + 1 + 1) / 4
    assert found.mean_step == (1 + 2 + 1 + 3) / 4
    assert found.accuracy == 3 / 4
    assert found.unsteady == 1 / 4
    # C = 2, 2, 3: (2 + 2 * 0 + 3 * 1 + 3 * 1) / 4
    assert found.aet == 8 / 4


def test_no_threshold_is_as_right_in_fewer_steps() -> None:
    found = sweep_exit(matched_deployment(), matched_data(), ExitOptions())
    for curve in found.curves:
        for point in curve.points:
            assert point.accuracy <= found.oracle.accuracy
            if point.accuracy == pytest.approx(found.oracle.accuracy):
                assert point.mean_step >= found.oracle.least_step


def test_a_sweep_of_the_same_recording_is_the_same() -> None:
    deployment, data = matched_deployment(), matched_data()
    assert sweep_exit(deployment, data) == sweep_exit(deployment, data)
