import numpy as np
import pytest
import torch
from snntorch import spikegen

from neurodeploy.errors import InputError
from neurodeploy.frontends.encoders import latency


def naive_latency(x: np.ndarray, n_steps: int) -> np.ndarray:
    spikes = np.zeros((len(x), n_steps, *x.shape[1:]), int)
    for sample, *where in np.ndindex(x.shape):
        value = float(x[(sample, *where)])
        if value > 0:
            spikes[(sample, round((1 - value) * (n_steps - 1)), *where)] = 1
    return spikes


@pytest.mark.parametrize("n_steps", [1, 2, 7, 100])
def test_latency_is_the_naive_loop(n_steps: int) -> None:
    x = np.random.default_rng(n_steps).random((3, 2, 4))
    x[0, 0] = [0.0, 1.0, 0.5, 1e-300]
    spikes = latency(x, n_steps)
    assert spikes.dtype == np.uint8
    np.testing.assert_array_equal(spikes, naive_latency(x, n_steps))


def test_larger_values_fire_no_later_and_each_but_zero_once() -> None:
    x = np.linspace(0, 1, 50)[None]
    spikes = latency(x, 12)
    assert spikes.sum(axis=1)[0].tolist() == [0] + [1] * 49
    first = spikes.argmax(axis=1)[0, 1:]
    assert (np.diff(first) <= 0).all()
    assert (first[0], first[-1]) == (11, 0)


def test_a_half_goes_to_the_even_step() -> None:
    x = np.array([[1 - 0.5 / 4, 1 - 1.5 / 4, 1 - 2.5 / 4, 1 - 3.5 / 4]])
    assert latency(x, 5).argmax(axis=1)[0].tolist() == [0, 2, 2, 4]


def test_latency_is_snntorch_s_but_for_zeros() -> None:
    x = np.arange(1, 257).reshape(4, 64) / 256
    theirs = spikegen.latency(
        torch.tensor(x, dtype=torch.float32), num_steps=17, linear=True, normalize=True
    )
    np.testing.assert_array_equal(latency(x, 17), theirs.numpy().swapaxes(0, 1))


@pytest.mark.parametrize("bad", [-0.5, 1.5, np.inf])
def test_values_outside_of_zero_to_one_are_refused(bad: float) -> None:
    with pytest.raises(InputError) as caught:
        latency(np.array([[0.5, bad]]), 4)
    low, high = min(0.5, bad), max(0.5, bad)
    assert str(caught.value) == (
        "ND2304: latency coding needs values in 0..1: 1 of 2 are outside, "
        f"between {low:g} and {high:g}; scale them"
    )


def test_nan_is_refused() -> None:
    with pytest.raises(InputError) as caught:
        latency(np.array([[0.5, np.nan]]), 4)
    assert str(caught.value) == (
        "ND2304: latency coding needs values in 0..1: 1 of 2 are outside, between nan and nan; "
        "scale them"
    )


@pytest.mark.parametrize("n_steps", [0, -3])
def test_no_steps_are_refused(n_steps: int) -> None:
    with pytest.raises(InputError) as caught:
        latency(np.zeros((1, 2)), n_steps)
    assert str(caught.value) == f"ND2304: encoding over {n_steps} steps, at least 1 is needed"
