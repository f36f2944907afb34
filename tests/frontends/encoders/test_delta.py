import numpy as np
import pytest
import torch
from snntorch import spikegen

from neurodeploy.errors import InputError
from neurodeploy.frontends.encoders import delta


def naive_delta(series: np.ndarray, threshold: float) -> np.ndarray:
    n_samples, n_steps, *shape = series.shape
    spikes = np.zeros((n_samples, n_steps, 2, *shape), int)
    for sample, step, *where in np.ndindex(series.shape):
        if step:
            change = float(series[(sample, step, *where)]) - float(
                series[(sample, step - 1, *where)]
            )
            spikes[(sample, step, 0, *where)] = change <= -threshold
            spikes[(sample, step, 1, *where)] = change >= threshold
    return spikes


@pytest.mark.parametrize("threshold", [0.1, 0.5, 1.5])
def test_delta_is_the_naive_loop(threshold: float) -> None:
    series = np.random.default_rng(0).normal(size=(3, 9, 2, 4))
    spikes = delta(series, threshold)
    assert spikes.dtype == np.uint8
    np.testing.assert_array_equal(spikes, naive_delta(series, threshold))


def test_unsigned_integers_fall_as_well_as_rise() -> None:
    series = np.array([[3, 5, 5, 2]], np.uint8)
    spikes = delta(series, 2)
    assert spikes[0, :, 0].tolist() == [0, 0, 0, 1]
    assert spikes[0, :, 1].tolist() == [0, 1, 0, 0]


def test_a_change_of_exactly_the_threshold_fires() -> None:
    series = np.array([[0.0, 0.25, 0.0, 0.125]])
    assert delta(series, 0.25)[0].tolist() == [[0, 0], [0, 1], [1, 0], [0, 0]]


def test_delta_is_snntorch_s_with_falls_in_a_channel_of_their_own() -> None:
    series = np.random.default_rng(1).integers(-8, 8, (1, 40, 3)) / 8
    theirs = spikegen.delta(
        torch.tensor(series[0], dtype=torch.float32), threshold=0.5, padding=True, off_spike=True
    ).numpy()
    ours = delta(series, 0.5)[0].astype(int)
    np.testing.assert_array_equal(ours[:, 1] - ours[:, 0], theirs)


@pytest.mark.parametrize("threshold", [0, -1, np.nan, np.inf])
def test_thresholds_that_are_not_positive_are_refused(threshold: float) -> None:
    with pytest.raises(InputError) as caught:
        delta(np.zeros((1, 2, 3)), threshold)
    assert str(caught.value) == (
        f"ND2304: delta coding: threshold is {threshold:g}, a positive number is needed"
    )


def test_all_reasons_are_given_at_once() -> None:
    with pytest.raises(InputError) as caught:
        delta(np.array([np.nan, 1, np.inf]), -1)
    assert str(caught.value) == (
        "ND2304: delta coding: threshold is -1, a positive number is needed\n"
        "ND2304: delta coding needs (sample, step, *shape), found (3,)\n"
        "ND2304: delta coding: 2 of 3 values are NaN or infinite"
    )


def test_a_series_without_steps_is_refused() -> None:
    with pytest.raises(InputError) as caught:
        delta(np.zeros((2, 0, 3)), 1)
    assert str(caught.value) == (
        "ND2304: delta coding needs (sample, step, *shape), found (2, 0, 3)"
    )
