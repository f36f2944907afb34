"""Bits, numbers and counts of spikes tell what the raster does."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from neurodeploy.machine.on_demand import OnDemand
from neurodeploy.machine.spikes import Listed, listed, often, steps_listed, write_out

SIZES = st.tuples(st.integers(1, 600), st.sampled_from([1, 10, 63, 64, 65, 130, 200]))


def drawn(seed: int, shape: tuple[int, ...], rate: float) -> np.ndarray:
    return (np.random.default_rng(seed).random(shape) < rate).astype(np.int8)


@settings(deadline=None, max_examples=40)
@given(seed=st.integers(0, 99), size=SIZES, rate=st.sampled_from([0.0, 0.01, 0.3, 1.0]))
def test_a_raster_comes_back_from_its_bits(seed: int, size: tuple[int, int], rate: float) -> None:
    raster = drawn(seed, size, rate)
    found = listed(raster)
    assert found.masks is not None
    back = np.full_like(raster, 7)
    write_out(found.masks, back)
    np.testing.assert_array_equal(back, raster)
    assert Listed(found.masks).n_spikes == found.n_spikes == np.count_nonzero(raster)
    indptr, neurons = found.numbers
    np.testing.assert_array_equal(np.diff(indptr), np.count_nonzero(raster, axis=1))
    np.testing.assert_array_equal(neurons[:-1], np.nonzero(raster)[1])


@settings(deadline=None, max_examples=40)
@given(seed=st.integers(0, 99), size=SIZES, rate=st.sampled_from([0.0, 0.01, 0.3, 1.0]))
def test_every_neuron_is_counted_from_bits_and_from_numbers(
    seed: int, size: tuple[int, int], rate: float
) -> None:
    raster, wide = drawn(seed, size, rate), drawn(seed, size, rate).astype(np.int32)
    expected = np.count_nonzero(raster, axis=0)
    np.testing.assert_array_equal(often(listed(raster), size[1]), expected)
    np.testing.assert_array_equal(often(listed(wide), size[1]), expected)


def test_some_steps_are_listed_sample_by_sample() -> None:
    raster = drawn(3, (4, 9, 70), 0.2)
    indptr, neurons = steps_listed(raster, 2, 6)
    rows = raster[:, 2:6].reshape(16, 70)
    np.testing.assert_array_equal(np.diff(indptr), np.count_nonzero(rows, axis=1))
    np.testing.assert_array_equal(neurons[:-1], np.nonzero(rows)[1])


def test_a_value_is_made_once_and_only_when_it_is_asked_for() -> None:
    made: list[str] = []
    values = OnDemand(["a", "b"], lambda name: made.append(name) or name.upper())
    assert (list(values), len(values), made) == (["a", "b"], 2, [])
    assert (values["b"], values["b"], made) == ("B", "B", ["b"])
    with pytest.raises(KeyError):
        values["c"]
