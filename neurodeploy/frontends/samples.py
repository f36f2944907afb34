"""Stimulus files: an `.npz` with ``x`` (sample, step, *shape) or (sample, *shape), labels ``y``."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neurodeploy.errors import InputError
from neurodeploy.frontends.encoders import direct, latency, rate
from neurodeploy.frontends.layout import Layout, ordered
from neurodeploy.storage.arrays import read_npz

Array = NDArray[Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Encoding:
    """How values without steps become a series: ``rate``, ``direct`` or ``latency``."""

    coder: str
    n_steps: int
    seed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Samples:
    """What a stimulus file holds: `x` (sample, ...) and labels (sample,) or None.

    `layout` is how the file had it; `x` is (sample, step, *shape) in any case. `coder` says what
    made the series, or is None for one as the file gave it.
    """

    x: Array
    y: NDArray[np.int64] | None
    where: str
    layout: Layout = Layout.SAMPLE_STEP
    coder: str | None = None


def read_samples(
    path: Path, limit: int | None = None, layout: Layout = Layout.SAMPLE_STEP
) -> Samples:
    """Read ``x`` and ``y`` of an `.npz` file, the first `limit` samples of them.

    Raises
    ------
    InputError
        If the file cannot be read (ND2301, ND2302) or its arrays do not fit together (ND2303).
    """
    arrays = read_npz(path)
    if "x" not in arrays:
        raise InputError("ND2303", f"{path}: holds {_names(arrays)}, expected an array x")
    return samples_of(arrays["x"], arrays.get("y"), str(path), limit, layout)


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
    if y is not None and (y.shape != x.shape[:1] or y.dtype.kind not in "iu"):
        problems.append(
            f"{where}: y has shape {y.shape} and dtype {y.dtype}, expected one integer label for "
            f"each of the {len(x)} samples"
        )
    if problems:
        raise InputError("ND2303", *problems)
    labels = None if y is None else y[:limit].astype(np.int64)
    return Samples(x=np.ascontiguousarray(x[:limit]), y=labels, where=where, layout=layout)


def encoded(samples: Samples, shape: tuple[int, ...], encoding: Encoding | None) -> Samples:
    """Return `samples` as a series, so that what uses them several times codes them once.

    Raises
    ------
    InputError
        As `series_of`.
    """
    x, coder = series_of(samples, shape, encoding)
    return replace(samples, x=x, layout=Layout.SAMPLE_STEP, coder=coder)


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
    x = samples.x
    if encoding is not None and samples.layout is not Layout.SAMPLE_STEP:
        raise InputError(
            "ND2309",
            f"{samples.where}: stated as {samples.layout.value}, which has steps, and encoded by "
            f"{encoding.coder}, which makes them; give one of the two",
        )
    if x.shape[2:] == shape and encoding is None:
        return x, samples.coder or f"as given, {x.shape[1]} steps"
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
    return _encoded(x, encoding)


def _encoded(x: Array, encoding: Encoding) -> tuple[Array, str]:
    n_steps = encoding.n_steps
    match encoding.coder:
        case "rate":
            spikes = rate(x, n_steps, encoding.seed)
            return spikes, f"rate, {n_steps} steps, seed {encoding.seed}"
        case "latency":
            return latency(x, n_steps), f"latency, {n_steps} steps"
        case "direct":
            return direct(x, n_steps), f"direct, {n_steps} steps"
        case unknown:
            raise InputError(
                "ND2304", f"no encoder is called {unknown!r}; rate, direct and latency are"
            )


def _names(arrays: dict[str, Array]) -> str:
    return ", ".join(sorted(arrays)) or "no arrays"


def _comma(shape: tuple[int, ...]) -> str:
    return ", ".join(map(str, shape))
