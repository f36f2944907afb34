"""Stimuli come from `.npz`, `.npy` and events, and nothing in them is guessed."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from neurodeploy.errors import InputError
from neurodeploy.frontends.encoders import event_frames
from neurodeploy.frontends.encoding import Encoding
from neurodeploy.frontends.layout import Layout
from neurodeploy.frontends.sample_files import read_samples
from neurodeploy.frontends.samples import series_of

FRAMES = Encoding(coder="event-frames", n_steps=5, step_us=100)


def refusal(path: Path, **options: Any) -> list[str]:
    with pytest.raises(InputError) as caught:
        read_samples(path, **options)
    return [f"{caught.value.code} {line}" for line in caught.value.problems]


@pytest.fixture
def events() -> dict[str, np.ndarray]:
    """Three samples of 20, 0 and 30 events, 3 by 4 pixels, 500 us."""
    rng = np.random.default_rng(0)
    return {
        "x": rng.integers(0, 4, 50).astype(np.uint8),
        "y": rng.integers(0, 3, 50).astype(np.uint8),
        "p": rng.integers(0, 2, 50).astype(bool),
        "t": rng.integers(0, 500, 50),
        "offsets": np.array([0, 20, 20, 50]),
        "labels": np.array([2, 0, 1], np.uint8),
    }


@pytest.mark.parametrize("shape", [(3, 5, 4), (1, 2), (2, 3, 2, 2)])
def test_an_npy_is_x(tmp_path: Path, shape: tuple[int, ...]) -> None:
    x = np.random.default_rng(0).random(shape)
    np.save(tmp_path / "x.npy", x)
    np.save(tmp_path / "y.npy", np.arange(shape[0]))
    samples = read_samples(tmp_path / "x.npy")
    np.testing.assert_array_equal(samples.x, x)
    assert samples.y is None
    labelled = read_samples(tmp_path / "x.npy", labels=tmp_path / "y.npy")
    assert labelled.y is not None
    assert labelled.y.tolist() == list(range(shape[0]))


def test_an_npy_has_its_layout_stated(tmp_path: Path) -> None:
    x = np.random.default_rng(0).random((3, 5, 4))
    np.save(tmp_path / "x.npy", x.swapaxes(0, 1))
    samples = read_samples(tmp_path / "x.npy", 2, Layout.STEP_SAMPLE)
    np.testing.assert_array_equal(samples.x, x[:2])


def test_an_npy_that_declares_more_than_it_has_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.npy"
    with path.open("wb") as file:
        header = {"descr": "<f8", "fortran_order": False, "shape": (1 << 20, 1 << 20)}
        np.lib.format.write_array_header_1_0(file, header)
    [problem] = refusal(path)
    assert problem.startswith(f"ND2302 {path}: not a readable .npy of a plain array (mmap length")


def test_an_empty_npy_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.npy"
    np.save(path, np.zeros((0, 3)))
    assert refusal(path) == [f"ND2303 {path}: x has shape (0, 3), expected (sample, step, *shape)"]


def test_pickled_labels_are_refused(tmp_path: Path) -> None:
    np.save(tmp_path / "x.npy", np.zeros((2, 3)))
    np.save(tmp_path / "y.npy", np.array([1, "a"], object), allow_pickle=True)
    [problem] = refusal(tmp_path / "x.npy", labels=tmp_path / "y.npy")
    assert problem.startswith(f"ND2302 {tmp_path / 'y.npy'}: not a readable .npy of a plain array")


def test_labels_are_given_once(tmp_path: Path, events: dict[str, np.ndarray]) -> None:
    np.save(tmp_path / "y.npy", np.arange(3))
    np.savez(tmp_path / "x.npz", x=np.zeros((3, 4)), y=np.arange(3))
    np.savez(tmp_path / "e.npz", **events)
    for name, key in (("x", "y"), ("e", "labels")):
        path = tmp_path / f"{name}.npz"
        assert refusal(path, labels=tmp_path / "y.npy") == [
            f"ND2303 {path}: has labels {key} of its own; leave out --labels"
        ]


def test_options_of_other_files_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.npy"
    np.save(path, np.zeros((2, 3)))
    for option, name in (("observable", "--observable"), ("step_us", "--step-us")):
        value: Any = "a/b" if option == "observable" else 10
        assert refusal(path, **{option: value}) == [
            f"ND2303 {path}: no NIRData file, for which alone {name} is"
        ]


@pytest.mark.parametrize("form", ["columns", "structured"])
def test_events_become_frames(tmp_path: Path, events: dict[str, np.ndarray], form: str) -> None:
    path, columns = tmp_path / "e.npz", ("x", "y", "p", "t")
    if form == "columns":
        np.savez(path, **events)
    else:
        rows = np.zeros(50, [("t", "i8"), ("x", "i2"), ("y", "i2"), ("p", "?")])
        for name in columns:
            rows[name] = events[name]
        np.savez(path, events=rows, offsets=events["offsets"], labels=events["labels"])
    samples = read_samples(path)
    frames, coder = series_of(samples, (2, 3, 4), FRAMES)
    assert coder == "event frames of 100 us, 5 steps"
    assert frames.shape == (3, 5, 2, 3, 4)
    assert frames.dtype == np.uint8
    assert samples.y is not None
    assert samples.y.tolist() == [2, 0, 1]
    for k, (start, stop) in enumerate([(0, 20), (20, 20), (20, 50)]):
        part = [events[name][start:stop] for name in columns]
        np.testing.assert_array_equal(frames[k], event_frames(*part, 100, 5, (3, 4)))
    few = read_samples(path, 2)
    np.testing.assert_array_equal(series_of(few, (2, 3, 4), FRAMES)[0], frames[:2])


def test_events_without_offsets_are_one_sample(
    tmp_path: Path, events: dict[str, np.ndarray]
) -> None:
    np.savez(tmp_path / "e.npz", **{k: events[k] for k in "xypt"})
    frames, _ = series_of(read_samples(tmp_path / "e.npz"), (2, 3, 4), FRAMES)
    assert frames.shape == (1, 5, 2, 3, 4)
    assert frames.sum() == 50


@pytest.mark.parametrize(
    ("changes", "problems"),
    [
        (
            {"p": None},
            [
                "holds x, y, t, offsets, labels, events also need p: arrays x, y, p and t, "
                "or events with these fields"
            ],
        ),
        (
            {"t": np.zeros(50)},
            ["t has shape (50,) and dtype float64, expected one integer an event, microseconds"],
        ),
        (
            {"x": np.zeros(49, int)},
            ["the columns of the events differ in length: x 49, y 50, p 50, t 50"],
        ),
        (
            {"offsets": np.array([0, 60])},
            ["offsets go from 0 to 60, expected 0 to 50, never falling"],
        ),
        (
            {"offsets": np.array([0, 30, 20, 50])},
            ["offsets go from 0 to 50, expected 0 to 50, never falling"],
        ),
        (
            {"offsets": np.array([0.0, 50.0])},
            [
                "offsets has shape (2,) and dtype float64, expected the first event of each sample "
                "and the number of events"
            ],
        ),
        (
            {"labels": np.arange(4)},
            [
                "y has shape (4,) and dtype int64, expected one integer label for each of the 3 "
                "samples"
            ],
        ),
    ],
)
def test_malformed_events_are_refused(
    tmp_path: Path, events: dict[str, np.ndarray], changes: dict[str, Any], problems: list[str]
) -> None:
    path = tmp_path / "e.npz"
    np.savez(path, **{k: v for k, v in (events | changes).items() if v is not None})
    assert refusal(path) == [f"ND2303 {path}: {problem}" for problem in problems]


def unfit(path: Path, shape: tuple[int, ...], encoding: Encoding | None) -> list[str]:
    with pytest.raises(InputError) as caught:
        series_of(read_samples(path), shape, encoding)
    return [f"{caught.value.code} {line}" for line in caught.value.problems]


def test_events_say_what_they_need(tmp_path: Path, events: dict[str, np.ndarray]) -> None:
    path = tmp_path / "e.npz"
    np.savez(path, **events)
    assert (
        unfit(path, (2, 3, 4), None)
        == unfit(path, (2, 3, 4), Encoding(coder="rate", n_steps=5))
        == [
            f"ND2307 {path}: holds events (x, y, p, t); say how they become a series: "
            "--encode event-frames --step-us 1000 --steps 300"
        ]
    )
    assert unfit(path, (24,), FRAMES) == [
        f"ND2306 {path}: holds events, which become steps of (2, height, width); the network takes "
        "samples of shape (24,)"
    ]
    late = Encoding(coder="event-frames", n_steps=4, step_us=100)
    n_late = [int((events["t"][a:b] >= 400).sum()) for a, b in ((0, 20), (20, 50))]
    problems = unfit(path, (2, 3, 4), late)
    assert [line.partition(", such as")[0] for line in problems] == [
        f"ND2304 {path}: sample 0: event frames: {n_late[0]} of 20 events have t_us outside of "
        "0..399 (4 steps of 100 us)",
        f"ND2304 {path}: sample 2: event frames: {n_late[1]} of 30 events have t_us outside of "
        "0..399 (4 steps of 100 us)",
        f"ND2304 {path}: nothing is dropped: take more or longer steps (--steps, --step-us), or "
        "cut the recording",
    ]
    assert read_samples(path).offsets is not None
    with pytest.raises(InputError, match=r"^ND2309: .*: holds events, which have no axes"):
        read_samples(path, layout=Layout.STEP_LAST)


def test_values_are_no_events(tmp_path: Path) -> None:
    path = tmp_path / "x.npz"
    np.savez(path, x=np.zeros((3, 4)))
    assert unfit(path, (2, 3, 4), FRAMES) == [
        f"ND2303 {path}: holds x of shape (3, 4); event frames are made of events: arrays x, y, p "
        "and t, or events with these fields"
    ]
