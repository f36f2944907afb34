"""How values, series or events become a series: an encoder and its settings, recorded by name."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neurodeploy.errors import InputError
from neurodeploy.frontends.encoders import delta, direct, event_frames, latency, rate

Array = NDArray[Any]

CODERS = ("rate", "latency", "direct", "delta", "event-frames")
MAX_PROBLEMS = 8
"""Lines about samples that cannot be encoded; the rest is counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Encoding:
    """An encoder and its settings.

    Parameters
    ----------
    coder : one of `CODERS`; the first three take values without steps, ``delta`` a series,
        ``event-frames`` events.
    n_steps : steps that are made; ``delta`` keeps those of the series.
    seed : of ``rate``.
    threshold : change that is a spike, for ``delta``.
    step_us : length of a step in microseconds, for ``event-frames``.
    """

    coder: str
    n_steps: int | None = None
    seed: int = 0
    threshold: float | None = None
    step_us: int | None = None

    @property
    def makes_steps(self) -> bool:
        """Whether it takes values without steps."""
        return self.coder in ("rate", "latency", "direct")

    def described(self, n_steps: int) -> str:
        """Return what a report says of it; `n_steps` is how many there are."""
        match self.coder:
            case "rate":
                return f"rate, {n_steps} steps, seed {self.seed}"
            case "delta":
                return f"delta, threshold {self.threshold:g}, {n_steps} steps"
            case "event-frames":
                return f"event frames of {self.step_us} us, {n_steps} steps"
        return f"{self.coder}, {n_steps} steps"


def encoded(
    given: Array | Sequence[Array],
    encoding: Encoding,
    where: str,
    frame: tuple[int, int] = (0, 0),
    indices: NDArray[np.int64] | None = None,
) -> tuple[Array, str]:
    """Return (sample, step, ...) and what made it.

    Parameters
    ----------
    given : values (sample, *shape), a series (sample, step, *shape) for ``delta``, or for
        ``event-frames`` the events (event, 4) of each sample: column, row, polarity, microseconds.
    frame : (height, width) of event frames.
    indices : each sample's index in the whole data set, by which ``rate`` draws; None is 0, 1, ...

    Raises
    ------
    InputError
        If something cannot be encoded or a setting is missing (ND2304, with `where`).
    """
    try:
        x = _encoded(given, encoding, frame, indices)
    except InputError as error:
        raise InputError(error.code, *(f"{where}: {line}" for line in error.problems)) from error
    return x, encoding.described(x.shape[1])


def _encoded(
    given: Array | Sequence[Array],
    encoding: Encoding,
    frame: tuple[int, int],
    indices: NDArray[np.int64] | None,
) -> Array:
    if encoding.coder == "event-frames":
        return _frames(list(given), encoding, frame)
    x = np.asarray(given)
    match encoding.coder:
        case "rate":
            own = None if indices is None else indices.tolist()
            return rate(x, _given(encoding, "n_steps"), encoding.seed, indices=own)
        case "latency":
            return latency(x, _given(encoding, "n_steps"))
        case "direct":
            return direct(x, _given(encoding, "n_steps"))
        case "delta":
            return delta(x, _given(encoding, "threshold"))
    raise InputError(
        "ND2304", f"no encoder is called {encoding.coder!r}, allowed are {', '.join(CODERS)}"
    )


def _frames(events: Sequence[Array], encoding: Encoding, frame: tuple[int, int]) -> Array:
    """Return the frames of every sample, in the narrowest type that holds the counts."""
    step_us, n_steps = _given(encoding, "step_us"), _given(encoding, "n_steps")
    frames, problems = [], []
    for k, one in enumerate(events):
        column, row, polarity, t_us = one.T
        try:
            counts = event_frames(column, row, polarity, t_us, step_us, n_steps, frame)
            frames.append(counts.astype(np.min_scalar_type(int(counts.max(initial=0)))))
        except InputError as error:
            problems += [f"sample {k}: {line}" for line in error.problems]
    if problems:
        more = len(problems) - MAX_PROBLEMS
        raise InputError(
            "ND2304",
            *problems[:MAX_PROBLEMS],
            *([f"{more} more of the kind"] if more > 0 else []),
            "nothing is dropped: take more or longer steps (--steps, --step-us), or cut the "
            "recording",
        )
    return np.stack(frames)


def _given(encoding: Encoding, name: str) -> Any:
    value = {
        "n_steps": encoding.n_steps,
        "threshold": encoding.threshold,
        "step_us": encoding.step_us,
    }[name]
    if value is None:
        raise InputError("ND2304", f"{encoding.coder} needs {name}")
    return value
