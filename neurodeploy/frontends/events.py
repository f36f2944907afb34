"""Events of event cameras in an `.npz`: columns ``x, y, p, t``, or ``events`` with these fields.

``x`` and ``y`` are column and row, ``p`` polarity (0 off, 1 on), ``t`` microseconds from the start
of the sample. ``offsets`` (sample + 1,) says where each sample starts; without it there is one.
Labels are in ``labels``, as ``y`` is the row.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neurodeploy.errors import InputError
from neurodeploy.frontends.samples import Samples, label_problems

Array = NDArray[Any]

COLUMNS = ("x", "y", "p", "t")


def holds_events(arrays: Mapping[str, Array]) -> bool:
    """Return whether `arrays` are events rather than values."""
    return "events" in arrays or "t" in arrays or "p" in arrays


def events_of(arrays: Mapping[str, Array], where: str, limit: int | None = None) -> Samples:
    """Return events as samples.

    Raises
    ------
    InputError
        If a column is missing, no list of integers or of another length, or offsets or labels do
        not fit (ND2303).
    """
    columns = _columns(arrays, where)
    n_events = len(columns["x"])
    offsets = arrays.get("offsets", np.array([0, n_events]))
    problems = _offset_problems(offsets, n_events, where)
    labels = arrays.get("labels")
    if labels is not None and not problems:
        problems += label_problems(labels, len(offsets) - 1, where)
    if problems:
        raise InputError("ND2303", *problems)
    kept = offsets[: None if limit is None else limit + 1].astype(np.int64)
    events = np.stack([columns[name].astype(np.int64) for name in COLUMNS], axis=1)
    return Samples(
        x=events[: kept[-1]],
        y=None if labels is None else labels[:limit].astype(np.int64),
        where=where,
        offsets=kept,
    )


def _columns(arrays: Mapping[str, Array], where: str) -> dict[str, Array]:
    source: Mapping[str, Array] = arrays
    if "events" in arrays:
        names = arrays["events"].dtype.names or ()
        source = {name: arrays["events"][name] for name in names}
    missing = [name for name in COLUMNS if name not in source]
    if missing:
        raise InputError(
            "ND2303",
            f"{where}: holds {', '.join(source) or 'no fields'}, events also need "
            f"{', '.join(missing)}: arrays x, y, p and t, or events with these fields",
        )
    columns = {name: source[name] for name in COLUMNS}
    problems = [
        f"{where}: {name} has shape {values.shape} and dtype {values.dtype}, expected one integer "
        "an event" + (", microseconds" if name == "t" else "")
        for name, values in columns.items()
        if values.ndim != 1 or values.dtype.kind not in "biu"
    ]
    lengths = {name: len(values) for name, values in columns.items() if values.ndim == 1}
    if not problems and len(set(lengths.values())) > 1:
        counts = ", ".join(f"{name} {count}" for name, count in lengths.items())
        problems.append(f"{where}: the columns of the events differ in length: {counts}")
    if problems:
        raise InputError("ND2303", *problems)
    return columns


def _offset_problems(offsets: Array, n_events: int, where: str) -> list[str]:
    if offsets.ndim != 1 or offsets.dtype.kind not in "iu" or len(offsets) < 2:
        return [
            f"{where}: offsets has shape {offsets.shape} and dtype {offsets.dtype}, expected the "
            "first event of each sample and the number of events"
        ]
    ends = offsets[0] == 0 and offsets[-1] == n_events
    if not ends or (offsets[1:] < offsets[:-1]).any():
        return [
            f"{where}: offsets go from {offsets[0]} to {offsets[-1]}, expected 0 to {n_events}, "
            "never falling"
        ]
    return []
