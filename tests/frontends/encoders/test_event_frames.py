from typing import Any

import numpy as np
import pytest

from neurodeploy.errors import InputError
from neurodeploy.frontends.encoders import event_frames

GOOD: dict[str, Any] = {
    "x": np.array([0, 3]),
    "y": np.array([1, 2]),
    "p": np.array([0, 1]),
    "t_us": np.array([0, 99]),
    "dt_us": 10,
    "n_steps": 10,
    "shape": (3, 4),
}


def naive_frames(
    x: np.ndarray,
    y: np.ndarray,
    p: np.ndarray,
    t_us: np.ndarray,
    dt_us: int,
    n_steps: int,
    shape: tuple[int, int],
) -> np.ndarray:
    frames = np.zeros((n_steps, 2, *shape), int)
    for column, row, polarity, time in zip(x, y, p, t_us, strict=True):
        for step in range(n_steps):
            if step * dt_us <= int(time) < (step + 1) * dt_us:
                frames[step, int(polarity), row, column] += 1
    return frames


@pytest.mark.parametrize("seed", range(5))
def test_event_frames_are_the_naive_loop(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n, dt_us, n_steps = 500, int(rng.integers(1, 20)), 6
    events = {
        "x": rng.integers(0, 4, n).astype(np.uint16),
        "y": rng.integers(0, 3, n).astype(np.int8),
        "p": rng.integers(0, 2, n).astype(bool),
        "t_us": rng.integers(0, n_steps * dt_us, n).astype(np.uint64),
    }
    frames = event_frames(**events, dt_us=dt_us, n_steps=n_steps, shape=(3, 4))
    assert frames.dtype == np.int32
    assert frames.sum() == n
    np.testing.assert_array_equal(
        frames, naive_frames(**events, dt_us=dt_us, n_steps=n_steps, shape=(3, 4))
    )


def test_no_events_are_no_counts() -> None:
    nothing = np.zeros(0, np.int64)
    frames = event_frames(nothing, nothing, nothing, nothing, 1000, 5, (2, 3))
    assert frames.shape == (5, 2, 2, 3)
    assert not frames.any()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"x": np.array([0, 4])},
            "1 of 2 events have x outside of 0..3 (a width of 4), such as 4",
        ),
        (
            {"y": np.array([-1, 2])},
            "1 of 2 events have y outside of 0..2 (a height of 3), such as -1",
        ),
        (
            {"p": np.array([-1, 1])},
            "1 of 2 events have p outside of 0..1 (off and on), such as -1",
        ),
        (
            {"t_us": np.array([100, 99])},
            "1 of 2 events have t_us outside of 0..99 (10 steps of 10 us), such as 100",
        ),
        (
            {"t_us": np.array([-3, -1])},
            "2 of 2 events have t_us outside of 0..99 (10 steps of 10 us), such as -3",
        ),
        (
            {"t_us": np.array([0.5, np.nan])},
            "t_us has shape (2,) and dtype float64, expected one integer an event",
        ),
        (
            {"x": np.zeros((2, 1), int)},
            "x has shape (2, 1) and dtype int64, expected one integer an event",
        ),
        (
            {"y": np.array([1])},
            "x, y, p and t_us differ in length: x 2, y 1, p 2, t_us 2",
        ),
        ({"dt_us": 0}, "a step of 0 us, at least 1 is needed"),
        (
            {"shape": (0, 4)},
            "shape (0, 4), expected (height, width) of at least 1 pixel",
        ),
    ],
)
def test_what_does_not_fit_is_refused(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError) as caught:
        event_frames(**GOOD | changes)
    assert str(caught.value) == f"ND2304: event frames: {message}"


def test_negative_steps_are_refused() -> None:
    with pytest.raises(InputError) as caught:
        event_frames(**GOOD | {"n_steps": -1})
    assert str(caught.value) == "ND2304: encoding over -1 steps, at least 1 is needed"


def test_all_reasons_are_given_at_once() -> None:
    with pytest.raises(InputError) as caught:
        event_frames(**GOOD | {"x": np.array([9, 9]), "p": np.array([2, 0])})
    assert str(caught.value) == (
        "ND2304: event frames: 2 of 2 events have x outside of 0..3 (a width of 4), such as 9\n"
        "ND2304: event frames: 1 of 2 events have p outside of 0..1 (off and on), such as 2"
    )
