"""Stimulus files: `.npz` with ``x`` and labels ``y``, or events; `.npy` with ``x``; NIRData."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from neurodeploy.errors import InputError
from neurodeploy.frontends.events import events_of, holds_events
from neurodeploy.frontends.layout import Layout
from neurodeploy.frontends.nir_data import read_nir_data
from neurodeploy.frontends.samples import Samples, samples_of
from neurodeploy.storage.arrays import read_npy, read_npz
from neurodeploy.storage.hdf5 import SIGNATURE

Array = NDArray[Any]


def read_samples(
    path: Path,
    limit: int | None = None,
    layout: Layout = Layout.SAMPLE_STEP,
    *,
    labels: Path | None = None,
    observable: str | None = None,
    step_us: int | None = None,
) -> Samples:
    """Read a stimulus, the first `limit` samples of it.

    Parameters
    ----------
    labels : `.npy` with one integer a sample, for files that have no labels of their own.
    observable : which one of a NIRData file, ``NODE/OBSERVABLE``.
    step_us : microseconds of a step, for the events of a NIRData file.

    Raises
    ------
    InputError
        If a file cannot be read (ND2301, ND2302, ND2330), or its arrays do not fit together or
        to what was asked (ND2303).
    """
    if not path.is_file():
        raise InputError("ND2301", f"{path}: no such file")
    own = None if labels is None else read_npy(labels)
    if _is_hdf5(path):
        x, note = read_nir_data(path, observable, step_us)
        return replace(samples_of(x, own, str(path), limit, layout), note=note)
    for option, value in {"--observable": observable, "--step-us": step_us}.items():
        if value is not None:
            raise InputError("ND2303", f"{path}: no NIRData file, for which alone {option} is")
    if path.suffix.lower() == ".npy":
        return samples_of(read_npy(path), own, str(path), limit, layout)
    return _from_npz(path, own, limit, layout)


def _from_npz(path: Path, own: Array | None, limit: int | None, layout: Layout) -> Samples:
    arrays = read_npz(path)
    is_events = holds_events(arrays)
    if not is_events and "x" not in arrays:
        raise InputError("ND2303", f"{path}: holds {_names(arrays)}, expected an array x")
    key = "labels" if is_events else "y"
    if own is not None and key in arrays:
        raise InputError("ND2303", f"{path}: has labels {key} of its own; leave out --labels")
    if own is not None:
        arrays[key] = own
    if not is_events:
        return samples_of(arrays["x"], arrays.get("y"), str(path), limit, layout)
    if layout is not Layout.SAMPLE_STEP:
        raise InputError(
            "ND2309", f"{path}: holds events, which have no axes to order; leave out --layout"
        )
    return events_of(arrays, str(path), limit)


def _is_hdf5(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(len(SIGNATURE)) == SIGNATURE


def _names(arrays: dict[str, Array]) -> str:
    return ", ".join(sorted(arrays)) or "no arrays"
