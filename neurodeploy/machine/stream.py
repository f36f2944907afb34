"""Samples that follow each other through the layers: what every core does when they overlap.

The first layer begins with the next sample while the last ones still work on the one before, so
that the steps of a stream are busier than those of samples run alone. A layer's own step t of a
sample that enters in step S takes place in step ``S + lag + t``; when the sample is decided, every
layer drops it with that step, and takes up the next one where it arrives.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from neurodeploy.machine.counts import NEURON_COUNTS, Count, Kept, Row
from neurodeploy.machine.ledger import Ledger, Rasters
from neurodeploy.machine.times import Ints, Times
from neurodeploy.machine.timing import Timing

Values = Mapping[str, NDArray[np.integer]]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Alone:
    """One sample run alone, (step, neuron) by node, inputs and all.

    Parameters
    ----------
    active : by population, not 0 where a neuron has something to work on.
    n_steps : steps until it is decided.
    """

    rasters: Values
    active: Values
    n_steps: int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Stream:
    """Samples woven together.

    Parameters
    ----------
    starts : (sample,), the step in which each enters; `ends`, the step after which it is decided.
    """

    rasters: Values
    active: Values
    starts: Ints
    ends: Ints

    @property
    def n_steps(self) -> int:
        """Steps of the whole stream, its first filling and its last draining included."""
        return len(next(iter(self.rasters.values())))


def starts_of(used: Sequence[int], n_stimulus_steps: int, *, eager: bool) -> Ints:
    """Return the step in which each sample enters.

    Parameters
    ----------
    used : steps until each sample is decided.
    eager : the next sample waits until the one before is decided or has entered whole; else the
        stream brings one every `n_stimulus_steps`.
    """
    waits = [min(n, n_stimulus_steps) if eager else n_stimulus_steps for n in used]
    return np.concatenate([[0], np.cumsum(waits)[:-1]]).astype(np.int64)


def woven(
    samples: Sequence[Alone], lags: Mapping[str, int], n_stimulus_steps: int, starts: Ints
) -> Stream:
    """Return `samples` as one stream; `lags` are the nodes' own, see `own_lags`."""
    ends = np.asarray([s + one.n_steps for s, one in zip(starts, samples, strict=True)], np.int64)

    def joined(parts: Sequence[Values]) -> dict[str, NDArray[np.integer]]:
        found = {}
        for name, first in parts[0].items():
            whole = np.zeros((int(ends.max()), first.shape[1]), first.dtype)
            for part, start, one in zip(parts, starts, samples, strict=True):
                own = slice(lags[name], min(lags[name] + n_stimulus_steps, one.n_steps))
                rows = part[name][own]
                whole[start + own.start : start + own.start + len(rows)] = rows
            found[name] = whole
        return found

    return Stream(
        rasters=joined([one.rasters for one in samples]),
        active=joined([one.active for one in samples]),
        starts=starts,
        ends=ends,
    )


def counts_of(stream: Stream, ledger: Ledger) -> Kept:
    """Return what is kept of the counts, (step, column); wraps and saturations are not told."""
    told = told_by(stream.active, ledger.rows)
    return ledger.kept(stream.rasters, told, stream.n_steps, {})


def times_of(stream: Stream, timing: Timing, counts: Kept) -> Times:
    """Return the times of the stream's steps."""
    return timing.times(counts, stream.rasters, stream.active)


def told_by(active: Rasters, rows: tuple[Row, ...]) -> dict[str, Ints]:
    """Return the `NEURON_COUNTS` of each population, (step, count, slice): its updates alone.

    Parameters
    ----------
    active : (step, neuron) by population, not 0 where it has input, state or bias.
    """
    column = NEURON_COUNTS.index(Count.NEURON_UPDATES_ACTIVE)
    found = {}
    for name, values in active.items():
        own = [row for row in rows if row.node == name]
        told = np.zeros((len(values), len(NEURON_COUNTS), len(own)), np.int64)
        for part, row in enumerate(own):
            told[:, column, part] = np.count_nonzero(values[:, row.start : row.stop], axis=1)
        found[name] = told
    return found
