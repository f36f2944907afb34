"""Samples, checked and ordered: values or events by sample, and labels."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neurodeploy.errors import InputError
from neurodeploy.frontends.encoding import Encoding, encoded
from neurodeploy.frontends.layout import Layout, ordered

Array = NDArray[Any]

__all__ = ["Encoding", "Samples", "samples_of", "series_of"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Samples:
    """What a stimulus file holds: `x` (sample, ...) and labels (sample,) or None.

    Parameters
    ----------
    x : (sample, ...), (sample, step, *shape) where it has steps; or (event, 4), see `offsets`.
    where : the file, for messages.
    layout : how the file had the axes of `x`.
    offsets : (sample + 1,) if `x` is events of column, row, polarity and microseconds: sample k
        has the events from ``offsets[k]`` to ``offsets[k + 1]``. None for values.
    coder : what made the series, or None for one as the file gave it.
    note : what else is to be said of where the values come from.
    indices : each sample's index in the data set it was taken from, by which ``rate`` draws; None
        is 0, 1, 2, ...
    """

    x: Array
    y: NDArray[np.int64] | None
    where: str
    layout: Layout = Layout.SAMPLE_STEP
    offsets: NDArray[np.int64] | None = None
    coder: str | None = None
    note: str = ""
    indices: NDArray[np.int64] | None = None

    @property
    def n_samples(self) -> int:
        """Number of samples."""
        return len(self.x) if self.offsets is None else len(self.offsets) - 1

    def events(self, sample: int) -> Array:
        """Return the events (event, 4) of one sample."""
        assert self.offsets is not None
        return self.x[self.offsets[sample] : self.offsets[sample + 1]]

    def taken(self, chosen: NDArray[np.int64]) -> "Samples":
        """Return the chosen samples, which keep their indices."""
        own = np.arange(self.n_samples) if self.indices is None else self.indices
        y = None if self.y is None else self.y[chosen]
        if self.offsets is None:
            return replace(self, x=self.x[chosen], y=y, indices=own[chosen])
        events = [self.events(int(k)) for k in chosen]
        offsets = np.cumsum([0, *map(len, events)], dtype=np.int64)
        x = np.concatenate(events) if events else self.x[:0]
        return replace(self, x=x, y=y, offsets=offsets, indices=own[chosen])


def samples_of(
    x: Array,
    y: Array | None,
    where: str,
    limit: int | None = None,
    layout: Layout = Layout.SAMPLE_STEP,
) -> Samples:
    """Check arrays, order their axes and keep the first `limit` samples.

    Raises
    ------
    InputError
        If values are not finite numbers or labels do not fit (ND2303).
    """
    problems = []
    if x.ndim >= 2:
        x = ordered(x, layout)
    if x.dtype.kind not in "biuf":
        problems.append(f"{where}: x has dtype {x.dtype}, expected numbers")
    elif x.dtype.kind == "f" and not np.isfinite(x).all():
        n_bad = int((~np.isfinite(x)).sum())
        problems.append(f"{where}: x holds {n_bad} values that are NaN or infinite")
    if x.ndim < 2 or not x.size:
        problems.append(f"{where}: x has shape {x.shape}, expected (sample, step, *shape)")
    if y is not None:
        problems += label_problems(y, len(x) if x.ndim else 0, where)
    if problems:
        raise InputError("ND2303", *problems)
    labels = None if y is None else y[:limit].astype(np.int64)
    return Samples(x=np.ascontiguousarray(x[:limit]), y=labels, where=where, layout=layout)


def as_series(samples: Samples, shape: tuple[int, ...], encoding: Encoding | None) -> Samples:
    """Return `samples` as a series, so that what uses them several times codes them once.

    Raises
    ------
    InputError
        As `series_of`.
    """
    x, coder = series_of(samples, shape, encoding)
    return replace(samples, x=x, layout=Layout.SAMPLE_STEP, coder=coder, offsets=None)


def is_analog(samples: Samples) -> bool:
    """Return whether the values of a series are not all integers."""
    x = samples.x
    return x.dtype.kind == "f" and bool((x != np.rint(x)).any())


def label_problems(y: Array, n_samples: int, where: str) -> list[str]:
    """Return what is wrong with labels: not one integer a sample."""
    if y.shape == (n_samples,) and y.dtype.kind in "iu":
        return []
    return [
        f"{where}: y has shape {y.shape} and dtype {y.dtype}, expected one integer label for "
        f"each of the {n_samples} samples"
    ]


def series_of(
    samples: Samples, shape: tuple[int, ...], encoding: Encoding | None
) -> tuple[Array, str]:
    """Return the samples as (sample, step, *shape) and what coded them.

    Raises
    ------
    InputError
        If the shape is not the model's (ND2306), values have no steps and no encoder (ND2307) or
        both (ND2309), or cannot be encoded (ND2304).
    """
    coder = None if encoding is None else encoding.coder
    if samples.offsets is not None or coder == "event-frames":
        return _frames(samples, shape, encoding)
    if encoding is not None and encoding.makes_steps and samples.layout is not Layout.SAMPLE_STEP:
        raise InputError(
            "ND2309",
            f"{samples.where}: stated as {samples.layout.value}, which has steps, and encoded by "
            f"{encoding.coder}, which makes them; give one of the two",
        )
    x = samples.x
    if encoding is None and x.shape[2:] == shape:
        note = f", {samples.note}" if samples.note else ""
        return x, samples.coder or f"as given, {x.shape[1]} steps{note}"
    if encoding is not None and coder == "delta":
        if (2, *x.shape[2:]) != shape:
            raise InputError(
                "ND2306",
                f"{samples.where}: x has shape {x.shape}, of which delta makes steps of "
                f"{(2, *x.shape[2:])}, falls and rises; the network takes {shape}",
            )
        return encoded(x, encoding, samples.where)
    if x.shape[1:] != shape:
        raise InputError(
            "ND2306",
            f"{samples.where}: x has shape {x.shape}; the network takes samples of shape {shape}: "
            f"give (sample, step, {_comma(shape)}), or (sample, {_comma(shape)}) with --encode",
        )
    if encoding is None:
        raise InputError(
            "ND2307",
            f"{samples.where}: x has shape {x.shape}, no steps; say how values become a series: "
            "--encode rate --steps 25 or --encode direct --steps 25",
        )
    return encoded(x, encoding, samples.where, indices=samples.indices)


def _frames(
    samples: Samples, shape: tuple[int, ...], encoding: Encoding | None
) -> tuple[Array, str]:
    """Return event frames of `samples`, which must be events, for an input (2, height, width)."""
    if samples.offsets is None:
        raise InputError(
            "ND2303",
            f"{samples.where}: holds x of shape {samples.x.shape}; event frames are made of "
            "events: arrays x, y, p and t, or events with these fields",
        )
    if encoding is None or encoding.coder != "event-frames":
        raise InputError(
            "ND2307",
            f"{samples.where}: holds events (x, y, p, t); say how they become a series: "
            "--encode event-frames --step-us 1000 --steps 300",
        )
    if len(shape) != 3 or shape[0] != 2:
        raise InputError(
            "ND2306",
            f"{samples.where}: holds events, which become steps of (2, height, width); the network "
            f"takes samples of shape {shape}",
        )
    events = [samples.events(k) for k in range(samples.n_samples)]
    return encoded(events, encoding, samples.where, (shape[1], shape[2]))


def _comma(shape: tuple[int, ...]) -> str:
    return ", ".join(map(str, shape))
