"""Noise and shift do what they say, and the same to a sample wherever it stands."""

import re

import numpy as np
import pytest

from neurodeploy.errors import InputError
from neurodeploy.exits.disturb import Disturbance, disturbed
from neurodeploy.frontends.samples import Samples

IMAGE = (1, 4, 5)
RNG = np.random.default_rng(1)


def values() -> Samples:
    return Samples(x=RNG.integers(0, 256, (30, *IMAGE)).astype(np.uint8), y=None, where="x")


def after(samples: Samples, noise: float = 0.0, shift: int = 0, high: float = 255.0) -> Samples:
    by = Disturbance(noise=noise, shift=shift)
    return disturbed(samples, by, IMAGE, (0.0, high), 3)


def test_noise_on_values_has_its_size_and_keeps_type_and_range() -> None:
    grey = Samples(x=np.full((200, *IMAGE), 128, np.uint8), y=None, where="x")
    found = after(grey, noise=0.05).x
    assert found.dtype == np.uint8
    assert float(np.std(found.astype(float) - 128)) == pytest.approx(0.05 * 255, rel=0.05)
    loud = after(grey, noise=0.9).x
    assert (loud.min(), loud.max()) == (0, 255)


def test_noise_on_counts_loses_a_share_and_makes_up_as_many() -> None:
    series = Samples(x=(RNG.random((20, 12, *IMAGE)) < 0.2).astype(np.int32), y=None, where="x")
    found = after(series, noise=0.3, high=1.0).x
    np.testing.assert_array_equal(found.sum(axis=(1, 2, 3, 4)), series.x.sum(axis=(1, 2, 3, 4)))
    lost = ((series.x == 1) & (found == 0)).sum() / series.x.sum()
    assert lost == pytest.approx(0.3, abs=0.08)


def test_shift_moves_images_and_brings_in_nothing() -> None:
    samples = values()
    given = samples.x
    found = after(samples, shift=2).x
    np.testing.assert_array_equal(found[..., 2:], given[..., :-2])
    assert not found[..., :2].any()
    assert not after(samples, shift=9).x.any()


def test_events_are_lost_made_up_and_moved_within_the_image() -> None:
    events = RNG.integers(0, [5, 4, 2, 1000], (60, 4))
    samples = Samples(x=events, y=None, where="x", offsets=np.asarray([0, 40, 60]))
    noisy = after(samples, noise=0.5)
    np.testing.assert_array_equal(noisy.offsets, samples.offsets)
    assert (noisy.x[:, :3] < [5, 4, 2]).all()
    assert sorted(noisy.events(0)[:, 3]) == sorted(samples.events(0)[:, 3])
    moved = after(samples, shift=2)
    kept = events[:40][events[:40, 0] < 3]
    np.testing.assert_array_equal(moved.events(0)[:, 0], kept[:, 0] + 2)


def test_a_sample_draws_by_its_index() -> None:
    samples = values()
    whole = after(samples, noise=0.1).x
    some = after(samples.taken(np.asarray([4, 7])), noise=0.1).x
    np.testing.assert_array_equal(some, whole[[4, 7]])


def test_what_cannot_be_done_is_told_at_once() -> None:
    samples = Samples(x=RNG.random((3, 6)), y=None, where="x")
    with pytest.raises(InputError, match=re.escape("noise 2; allowed is 0 to 1")) as caught:
        disturbed(samples, Disturbance(noise=2.0, shift=-1), (6,), (0, 1), 0)
    assert caught.value.problems == (
        "noise 2; allowed is 0 to 1",
        "a shift of -1 pixels; give 0 or more",
        "a shift of -1 pixels; steps of shape (6,) are no image",
    )
