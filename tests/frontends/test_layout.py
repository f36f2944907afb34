"""A stimulus' axes come in the order that is stated."""

from pathlib import Path

import numpy as np
import pytest

from neurodeploy.errors import InputError
from neurodeploy.frontends.layout import Layout
from neurodeploy.frontends.sample_files import read_samples
from neurodeploy.frontends.samples import Encoding, Samples, samples_of, series_of

N_SAMPLES, N_STEPS, SHAPE = 3, 5, (2, 4)
OURS = np.arange(N_SAMPLES * N_STEPS * 8).reshape(N_SAMPLES, N_STEPS, *SHAPE)
GIVEN = {
    Layout.SAMPLE_STEP: OURS,
    Layout.STEP_SAMPLE: OURS.transpose(1, 0, 2, 3),
    Layout.STEP_LAST: OURS.transpose(0, 2, 3, 1),
}


def test_words_of_the_command_line() -> None:
    assert list(Layout) == ["sample-step", "step-sample", "step-last"]


@pytest.mark.parametrize("layout", Layout)
def test_axes_are_put_in_our_order(layout: Layout) -> None:
    samples = samples_of(GIVEN[layout], np.arange(3), "x", layout=layout)
    x, coder = series_of(samples, SHAPE, None)
    np.testing.assert_array_equal(x, OURS)
    assert coder == "as given, 5 steps"


@pytest.mark.parametrize("layout", Layout)
def test_the_limit_counts_samples(layout: Layout, tmp_path: Path) -> None:
    path = tmp_path / "x.npz"
    np.savez(path, x=GIVEN[layout], y=np.arange(3))
    samples = read_samples(path, 2, layout)
    np.testing.assert_array_equal(samples.x, OURS[:2])
    assert samples.y is not None
    assert samples.y.tolist() == [0, 1]


def test_neurons_without_a_shape_have_two_axes() -> None:
    for layout, given in (("step-sample", OURS[0, :, 0].T), ("step-last", OURS[0, :, 0])):
        x = samples_of(given, None, "x", layout=Layout(layout)).x
        np.testing.assert_array_equal(x, OURS[0, :, 0])


def test_labels_must_match_the_stated_samples() -> None:
    with pytest.raises(InputError) as caught:
        samples_of(OURS, np.arange(3), "x.npz", layout=Layout.STEP_SAMPLE)
    assert str(caught.value) == (
        "ND2303: x.npz: y has shape (3,) and dtype int64, expected one integer label for each of "
        "the 5 samples"
    )


def values(layout: Layout) -> Samples:
    return samples_of(np.zeros((3, *SHAPE)), None, "x.npz", layout=layout)


def test_a_layout_with_an_encoder_is_refused() -> None:
    with pytest.raises(InputError) as caught:
        series_of(values(Layout.STEP_LAST), SHAPE, Encoding(coder="rate", n_steps=4))
    assert str(caught.value) == (
        "ND2309: x.npz: stated as step-last, which has steps, and encoded by rate, which makes "
        "them; give one of the two"
    )


def test_latency_makes_steps() -> None:
    x, coder = series_of(values(Layout.SAMPLE_STEP), SHAPE, Encoding(coder="latency", n_steps=4))
    assert x.shape == (3, 4, *SHAPE)
    assert coder == "latency, 4 steps"


def test_an_unknown_encoder_is_refused() -> None:
    with pytest.raises(InputError) as caught:
        series_of(values(Layout.SAMPLE_STEP), SHAPE, Encoding(coder="phase", n_steps=4))
    assert str(caught.value) == (
        "ND2304: x.npz: no encoder is called 'phase', allowed are rate, latency, direct, delta, "
        "event-frames"
    )
