"""Samples made harder: noise on their values or events, and a shift of their image."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neurodeploy.errors import InputError
from neurodeploy.frontends.samples import Samples

Array = NDArray[Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Disturbance:
    """What is done to every sample.

    Parameters
    ----------
    noise : on values, the standard deviation of what is added, as a share of the input's range,
        the sum kept within it; on events and series of counts, the share of events that is lost,
        as many appearing at random.
    shift : pixels to the right; nothing enters from the left.
    """

    noise: float = 0.0
    shift: int = 0

    def __str__(self) -> str:
        parts = [f"noise {self.noise:g}"] if self.noise else []
        parts += [f"shift {self.shift} pixels"] if self.shift else []
        return ", ".join(parts) or "as given"


def disturbed(
    samples: Samples,
    by: Disturbance,
    shape: tuple[int, ...],
    bounds: tuple[float, float],
    seed: int,
) -> Samples:
    """Return `samples` after `by`; each sample draws by its index and `seed`.

    Parameters
    ----------
    shape : of one step of the input.
    bounds : the input's declared range.

    Raises
    ------
    InputError
        If the noise is no share, or there is no image to shift (ND2883).
    """
    _check(by, shape)
    own = np.arange(samples.n_samples) if samples.indices is None else samples.indices
    rngs = [np.random.default_rng((seed, int(k))) for k in own]
    if samples.offsets is not None:
        return _events(samples, by, shape, rngs)
    x = np.stack(
        [_values(one, by, shape, bounds, rng) for one, rng in zip(samples.x, rngs, strict=True)]
    )
    return replace(samples, x=x)


def _values(
    x: Array,
    by: Disturbance,
    shape: tuple[int, ...],
    bounds: tuple[float, float],
    rng: np.random.Generator,
) -> Array:
    """Return one sample, (step, *shape) or (*shape), of the same dtype."""
    moved = np.zeros_like(x) if by.shift else x
    if by.shift and by.shift < x.shape[-1]:
        moved[..., by.shift :] = x[..., : -by.shift]
    if not by.noise:
        return moved
    if x.ndim > len(shape) and x.dtype.kind in "biu":
        return _counts(moved, by.noise, rng)
    low, high = bounds
    noisy = moved + rng.normal(0.0, by.noise * (high - low), x.shape)
    noisy = np.clip(noisy, low, high)
    whole = x.dtype.kind in "biu"
    return (np.rint(noisy) if whole else noisy).astype(x.dtype)


def _counts(x: Array, share: float, rng: np.random.Generator) -> Array:
    """Return counts of which a share is lost, as many appearing where there were none."""
    counts = x.astype(np.int64)
    lost = rng.binomial(np.abs(counts), share)
    kept = counts - np.sign(counts) * lost
    empty = np.flatnonzero(kept == 0)
    new = rng.choice(empty, min(int(lost.sum()), len(empty)), replace=False)
    kept.ravel()[new] = 1
    return kept.astype(x.dtype)


def _events(
    samples: Samples,
    by: Disturbance,
    shape: tuple[int, ...],
    rngs: list[np.random.Generator],
) -> Samples:
    """Return events of column, row, polarity and microseconds; what leaves the image is lost."""
    found = []
    for k, rng in enumerate(rngs):
        events = samples.events(k).copy()
        lost = rng.random(len(events)) < by.noise
        new = events[lost]
        if len(new):
            new[:, 0] = rng.integers(shape[2], size=len(new))
            new[:, 1] = rng.integers(shape[1], size=len(new))
            new[:, 2] = rng.integers(2, size=len(new))
        events = np.concatenate([events[~lost], new])
        events[:, 0] += by.shift
        found.append(events[events[:, 0] < shape[2]])
    offsets = np.cumsum([0, *map(len, found)], dtype=np.int64)
    return replace(samples, x=np.concatenate(found), offsets=offsets)


def _check(by: Disturbance, shape: tuple[int, ...]) -> None:
    problems = []
    if not 0 <= by.noise <= 1:
        problems.append(f"noise {by.noise:g}; allowed is 0 to 1")
    if by.shift < 0:
        problems.append(f"a shift of {by.shift} pixels; give 0 or more")
    if by.shift and len(shape) < 2:
        problems.append(f"a shift of {by.shift} pixels; steps of shape {shape} are no image")
    if problems:
        raise InputError("ND2883", *problems)
