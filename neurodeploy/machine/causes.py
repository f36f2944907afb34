"""`Causes`: what a spike of each neuron causes, once for all neurons that cause the same.

Of a convolution's neurons most cause the same, and of a dense layer's all but the zero weights do;
so what is kept grows with the patterns that occur, not with neurons times cores.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from neurodeploy.machine.counts import Count, Kept
from neurodeploy.machine.kernels import accumulate, distinct_rows
from neurodeploy.machine.spikes import Listed, listed

Ints = NDArray[np.int64]

Lists: TypeAlias = dict[tuple[str, ...], Listed]
"""What is not 0 in the rasters, by the sources that were summed."""

_AT_ONCE = 32
"""Effects that are compared at once, so that few of them are in memory neuron by neuron."""


class Effect(NamedTuple):
    """One effect: `weights` (neuron,) of a spike are added to one count of one row."""

    row: int
    column: Count
    weights: Ints


@dataclass(frozen=True, slots=True, kw_only=True)
class Causes:
    """What a value that is not 0 causes, for neurons ``start:stop`` of the sum of `sources`.

    Parameters
    ----------
    class_of : int32 (stop - start,), neurons of one class cause the same.
    first : int64 (n_classes + 1,), where the effects of each class begin.
    targets : int64, ``row * len(Count) + column`` of each effect.
    weights : int64, what a spike adds to it.
    """

    sources: tuple[str, ...]
    start: int
    stop: int
    class_of: NDArray[np.int32]
    first: Ints
    targets: Ints
    weights: Ints


def count(
    causes: Iterable[Causes],
    rasters: Mapping[str, NDArray[np.integer]],
    lists: Lists,
    found: Kept,
) -> None:
    """Add to `found` (row, target) what the values that are not 0 cause in each row.

    Parameters
    ----------
    rasters : integers (row, neuron) of every input and population; a row is a step of a sample.
    lists : by sources, made before; those made here are added.
    """
    for each in causes:
        events = list_of(each.sources, rasters, lists)
        accumulate(
            *events.numbers,
            each.start,
            each.stop,
            each.class_of,
            each.first,
            each.targets,
            each.weights,
            found,
        )


def list_of(
    sources: tuple[str, ...], rasters: Mapping[str, NDArray[np.integer]], lists: Lists
) -> Listed:
    """Return the list of the sum of `sources`, made now or before."""
    if sources not in lists:
        lists[sources] = listed(_summed(rasters, sources))
    return lists[sources]


def _summed(
    rasters: Mapping[str, NDArray[np.integer]], sources: tuple[str, ...]
) -> NDArray[np.integer]:
    raster = rasters[sources[0]]
    for source in sources[1:]:
        raster = raster.astype(np.int32) + rasters[source]
    return raster


class _Part(NamedTuple):
    """Some of the effects: neurons by class, and each class's weights that are not 0."""

    class_of: NDArray[np.int32]
    first: Ints
    targets: Ints
    weights: Ints


def causes_of(sources: tuple[str, ...], start: int, stop: int, effects: Iterable[Effect]) -> Causes:
    """Return the causes of neurons ``start:stop``, from their effects one after another."""
    parts = list(_parts(iter(effects)))
    if not parts:
        nothing = np.zeros(stop - start, np.int32)
        empty = np.zeros(0, np.int64)
        return Causes(
            sources=sources,
            start=start,
            stop=stop,
            class_of=nothing,
            first=np.zeros(2, np.int64),
            targets=empty,
            weights=empty,
        )
    class_of, firsts = distinct_rows(np.stack([part.class_of for part in parts], axis=1))
    gathered = [_gathered(part, part.class_of[firsts]) for part in parts]
    classes = np.concatenate([classes for classes, _ in gathered])
    chosen = np.argsort(classes, kind="stable")
    counts = np.bincount(classes, minlength=len(firsts))
    return Causes(
        sources=sources,
        start=start,
        stop=stop,
        class_of=class_of,
        first=np.concatenate([[0], np.cumsum(counts)]),
        targets=np.concatenate(
            [part.targets[index] for part, (_, index) in zip(parts, gathered, strict=True)]
        )[chosen],
        weights=np.concatenate(
            [part.weights[index] for part, (_, index) in zip(parts, gathered, strict=True)]
        )[chosen],
    )


def _parts(effects: Iterator[Effect]) -> Iterator[_Part]:
    while some := list(islice(effects, _AT_ONCE)):
        rows = np.stack([effect.weights for effect in some], axis=1).astype(np.int32)
        class_of, firsts = distinct_rows(rows)
        classes, columns = np.nonzero(rows[firsts])
        index = np.asarray([effect.row * len(Count) + effect.column for effect in some], np.int64)
        counts = np.bincount(classes, minlength=len(firsts))
        yield _Part(
            class_of=class_of,
            first=np.concatenate([[0], np.cumsum(counts)]),
            targets=index[columns],
            weights=rows[firsts[classes], columns].astype(np.int64),
        )


def _gathered(part: _Part, classes: NDArray[np.int32]) -> tuple[Ints, Ints]:
    """Return the effects of `classes` in turn: whose each is, and its place in `part`."""
    counts = np.diff(part.first)[classes]
    whose = np.repeat(np.arange(len(classes)), counts)
    within = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    return whose, np.repeat(part.first[classes], counts) + within
