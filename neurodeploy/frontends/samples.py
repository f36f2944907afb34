"""Stimulus files: an `.npz` with ``x`` (sample, step, *shape) or (sample, *shape), labels ``y``."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neurodeploy.errors import InputError
from neurodeploy.frontends.encoders import direct, rate
from neurodeploy.storage.arrays import read_npz

Array = NDArray[Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Encoding:
    """How values without steps become a series: ``rate`` or ``direct``, over `n_steps` steps."""

    coder: str
    n_steps: int
    seed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Samples:
    """What a stimulus file holds: `x` (sample, ...) and labels (sample,) or None."""

    x: Array
    y: NDArray[np.int64] | None
    where: str


def read_samples(path: Path, limit: int | None = None) -> Samples:
    """Read ``x`` and ``y`` of an `.npz` file, the first `limit` samples of them.

    Raises
    ------
    InputError
        If the file cannot be read (ND2301, ND2302) or its arrays do not fit together (ND2303).
    """
    arrays = read_npz(path)
    if "x" not in arrays:
        raise InputError("ND2303", f"{path}: holds {_names(arrays)}, expected an array x")
    return samples_of(arrays["x"], arrays.get("y"), str(path), limit)


def samples_of(x: Array, y: Array | None, where: str, limit: int | None = None) -> Samples:
    """Check arrays and keep the first `limit` samples.

    Raises
    ------
    InputError
        If values are not finite numbers or labels do not fit (ND2303).
    """
    problems = []
    if x.dtype.kind not in "biuf":
        problems.append(f"{where}: x has dtype {x.dtype}, expected numbers")
    elif x.dtype.kind == "f" and not np.isfinite(x).all():
        n_bad = int((~np.isfinite(x)).sum())
        problems.append(f"{where}: x holds {n_bad} values that are NaN or infinite")
    if x.ndim < 2 or not x.size:
        problems.append(f"{where}: x has shape {x.shape}, expected (sample, step, *shape)")
    if y is not None and (y.shape != x.shape[:1] or y.dtype.kind not in "iu"):
        problems.append(
            f"{where}: y has shape {y.shape} and dtype {y.dtype}, expected one integer label for "
            f"each of the {len(x)} samples"
        )
    if problems:
        raise InputError("ND2303", *problems)
    labels = None if y is None else y[:limit].astype(np.int64)
    return Samples(x=x[:limit], y=labels, where=where)


def series_of(
    samples: Samples, shape: tuple[int, ...], encoding: Encoding | None
) -> tuple[Array, str]:
    """Return the samples as (sample, step, *shape) and what coded them.

    Raises
    ------
    InputError
        If the shape is not the model's (ND2306), or values have no steps and no encoder (ND2307).
    """
    x = samples.x
    if x.shape[2:] == shape and encoding is None:
        return x, f"as given, {x.shape[1]} steps"
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
    if encoding.coder == "rate":
        spikes = rate(x, encoding.n_steps, encoding.seed)
        return spikes, f"rate, {encoding.n_steps} steps, seed {encoding.seed}"
    return direct(x, encoding.n_steps), f"direct, {encoding.n_steps} steps"


def _names(arrays: dict[str, Array]) -> str:
    return ", ".join(sorted(arrays)) or "no arrays"


def _comma(shape: tuple[int, ...]) -> str:
    return ", ".join(map(str, shape))
