"""Event frames: how many events of an event camera fall into each step."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neurodeploy.errors import InputError
from neurodeploy.frontends.encoders.checks import check_steps


def event_frames(
    x: NDArray[Any],
    y: NDArray[Any],
    p: NDArray[Any],
    t_us: NDArray[Any],
    dt_us: int,
    n_steps: int,
    shape: tuple[int, int],
) -> NDArray[np.int32]:
    """Return the number of events by step, polarity and pixel.

    Step k holds the events with ``k dt_us <= t_us < (k + 1) dt_us``; time counts from 0, in any
    order. Events outside of the steps are refused, not dropped.

    Parameters
    ----------
    x, y, p, t_us : integers (event,): column, row, polarity (0 off, 1 on) and microseconds.
    shape : (height, width) in pixels.

    Returns
    -------
    (step, 2, height, width): channel 0 off, channel 1 on.

    Raises
    ------
    InputError
        If an event lies outside, or an argument cannot be used (ND2304, all reasons at once).
    """
    check_steps(n_steps)
    events = {"x": x, "y": y, "p": p, "t_us": t_us}
    problems = [*_malformed(events), *_unusable(dt_us, shape)]
    if not problems:
        height, width = shape
        problems = [
            *_outside("x", x, width - 1, f"a width of {width}"),
            *_outside("y", y, height - 1, f"a height of {height}"),
            *_outside("p", p, 1, "off and on"),
            *_outside("t_us", t_us, n_steps * dt_us - 1, f"{n_steps} steps of {dt_us} us"),
        ]
    if problems:
        raise InputError("ND2304", *problems)
    frames = np.zeros((n_steps, 2, *shape), np.int32)
    columns, rows, polarities, times = (values.astype(np.int64) for values in events.values())
    np.add.at(frames, (times // dt_us, polarities, rows, columns), 1)
    return frames


def _malformed(events: Mapping[str, NDArray[Any]]) -> Iterator[str]:
    for name, values in events.items():
        if values.ndim != 1 or values.dtype.kind not in "biu":
            yield (
                f"event frames: {name} has shape {values.shape} and dtype {values.dtype}, expected "
                "one integer an event"
            )
    lengths = {name: len(values) for name, values in events.items() if values.ndim == 1}
    if len(set(lengths.values())) > 1:
        counts = ", ".join(f"{name} {count}" for name, count in lengths.items())
        yield f"event frames: x, y, p and t_us differ in length: {counts}"


def _unusable(dt_us: int, shape: tuple[int, int]) -> Iterator[str]:
    if dt_us < 1:
        yield f"event frames: a step of {dt_us} us, at least 1 is needed"
    if min(shape) < 1:
        yield f"event frames: shape {shape}, expected (height, width) of at least 1 pixel"


def _outside(name: str, values: NDArray[Any], highest: int, what: str) -> Iterator[str]:
    outside = values[(values < 0) | (values > highest)]
    if outside.size:
        yield (
            f"event frames: {outside.size} of {values.size} events have {name} outside of "
            f"0..{highest} ({what}), such as {outside[0]}"
        )
