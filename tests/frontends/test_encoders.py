import numpy as np
import pytest

from neurodeploy.errors import InputError
from neurodeploy.frontends.encoders import direct, rate


def naive_rate(x: np.ndarray, n_steps: int, seed: int) -> np.ndarray:
    spikes = np.zeros((len(x), n_steps, *x.shape[1:]), int)
    for i, sample in enumerate(x):
        rng = np.random.default_rng((seed, i))
        for step in range(n_steps):
            for where in np.ndindex(sample.shape):
                spikes[(i, step, *where)] = rng.random() < sample[where]
    return spikes


def test_rate_is_the_naive_loop() -> None:
    x = np.random.default_rng(0).random((3, 2, 4))
    spikes = rate(x, 7, seed=5)
    assert spikes.dtype == np.uint8
    assert np.array_equal(spikes, naive_rate(x, 7, 5))


def test_a_sample_alone_has_the_spikes_it_has_in_the_batch() -> None:
    x = np.random.default_rng(0).random((4, 6))
    assert np.array_equal(rate(x[2:], 9, seed=1, indices=[2, 3]), rate(x, 9, seed=1)[2:])


def test_a_prefix_in_time_does_not_change() -> None:
    x = np.random.default_rng(0).random((4, 6))
    assert np.array_equal(rate(x, 20, seed=1)[:, :9], rate(x, 9, seed=1))


def test_zero_never_fires_one_always_and_a_half_half_of_the_time() -> None:
    spikes = rate(np.tile([0.0, 1.0, 0.5], (10, 1)), 1000, seed=3)
    assert spikes[..., 0].sum() == 0
    assert spikes[..., 1].all()
    assert abs(spikes[..., 2].mean() - 0.5) < 0.02  # 4 standard deviations


def test_seeds_differ() -> None:
    x = np.full((1, 50), 0.5)
    assert not np.array_equal(rate(x, 5, seed=1), rate(x, 5, seed=2))


def test_direct_repeats_the_values() -> None:
    x = np.random.default_rng(0).integers(0, 9, (3, 2, 4))
    series = direct(x, 5)
    assert series.shape == (3, 5, 2, 4)
    assert series.dtype == x.dtype
    assert all(np.array_equal(series[:, step], x) for step in range(5))


def test_values_outside_of_zero_to_one_are_refused() -> None:
    with pytest.raises(InputError) as caught:
        rate(np.array([[0.5, 2.0, -1.0]]), 4, seed=0)
    assert str(caught.value) == (
        "ND2304: rate coding needs values in 0..1: 2 of 3 are outside, between -1 and 2; scale them"
    )


def test_nan_is_refused() -> None:
    with pytest.raises(InputError, match="1 of 2 are outside"):
        rate(np.array([[0.5, np.nan]]), 4, seed=0)


@pytest.mark.parametrize("n_steps", [0, -3])
def test_no_steps_are_refused(n_steps: int) -> None:
    for encode in (lambda x: rate(x, n_steps, 0), lambda x: direct(x, n_steps)):
        with pytest.raises(InputError) as caught:
            encode(np.zeros((1, 2)))
        assert str(caught.value) == (f"ND2304: encoding over {n_steps} steps, at least 1 is needed")


def test_a_negative_seed_is_refused() -> None:
    with pytest.raises(InputError) as caught:
        rate(np.zeros((1, 2)), 3, seed=-1)
    assert str(caught.value) == "ND2304: rate coding: seed is -1, at least 0 is needed"
