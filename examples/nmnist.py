"""N-MNIST: 1,000 recordings of its training part and 100 of its test part, as events."""

import os
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from neurodeploy.frontends.samples import Encoding, Samples

DATA = Path(os.environ.get("NEURODEPLOY_DATA", "../shared/data")) / "nmnist" / "nmnist_small.npz"

N_STEPS, STEP_US = 300, 1000
ENCODING = Encoding(coder="event-frames", n_steps=N_STEPS, step_us=STEP_US)


def load_nmnist(*, test: bool) -> Samples:
    """Return one part; of each recording the events before its 300th millisecond has passed.

    Source: Orchard et al. 2015; saccades of a camera in front of MNIST's digits.
    """
    with np.load(DATA) as held:
        offsets, labels = held["offsets"], held["labels"].astype(np.int64)
        polarity = np.unpackbits(held["p"])[: offsets[-1]]
        columns = [held["x"], held["y"], polarity, held["dt_us"]]
        chosen = np.flatnonzero(held["is_test"].astype(bool) == test)
    events = [_recording(columns, int(offsets[k]), int(offsets[k + 1])) for k in chosen]
    return Samples(
        x=np.concatenate(events),
        y=labels[chosen],
        where=f"N-MNIST's {'test' if test else 'training'} recordings",
        offsets=np.cumsum([0, *map(len, events)], dtype=np.int64),
    )


def _recording(columns: list[NDArray[np.integer]], first: int, end: int) -> NDArray[np.int64]:
    """Return the events (event, 4) of column, row, polarity and microseconds from the start."""
    x, y, p, dt_us = (column[first:end].astype(np.int64) for column in columns)
    events = np.stack([x, y, p, np.cumsum(dt_us)], axis=1)
    return events[events[:, 3] < N_STEPS * STEP_US]
