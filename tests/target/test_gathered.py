"""Gathered Runs hold numbers in 32 bits until one needs more, whatever its place."""

import numpy as np
import pytest

from neurodeploy.target import Run, merge

WIDEST = (1 << 31) - 1


def sample(total: int, ticks: int) -> Run:
    """Return the Run of one sample of one step."""
    counts = np.full((1, 1, 1), total, np.int64)
    return Run(
        n_steps=1,
        outputs={"p": np.zeros((1, 2), np.int64)},
        steps_used=np.ones(1, np.int64),
        totals=counts,
        step_sums=counts,
        step_maxima=counts,
        ticks=np.full((3, 1, 1), ticks, np.int64),
        spikes_per_neuron={},
        rasters={},
        currents={},
        voltages={},
        core_ticks=np.zeros((1, 2), np.int64),
        link_messages=np.zeros((1, 1, 4), np.int64),
    )


@pytest.mark.parametrize("place", range(3))
def test_a_value_above_32_bits_widens_all(place: int) -> None:
    totals = [5, 6, 7]
    totals[place] = WIDEST + 1
    run = merge([sample(total, WIDEST) for total in totals])
    assert run.totals.dtype == np.int64
    assert run.totals.ravel().tolist() == totals
    assert run.ticks is not None
    assert run.ticks.dtype == np.int32
    assert set(run.ticks.ravel().tolist()) == {WIDEST}


def test_sums_over_samples_do_not_wrap() -> None:
    run = merge([sample(WIDEST, WIDEST)] * 3)
    assert run.totals.dtype == np.int32
    assert int(run.totals.sum()) == 3 * WIDEST
    assert run.step_sums.ravel().tolist() == [3 * WIDEST]


def test_merging_is_associative_in_its_types() -> None:
    runs = [sample(1, 2), sample(WIDEST + 1, 2), sample(3, WIDEST + 1)]
    left = merge([merge(runs[:2]), runs[2]])
    assert left.digest == merge(runs).digest == merge([runs[0], merge(runs[1:])]).digest
