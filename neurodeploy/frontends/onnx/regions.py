"""Slice, Pad and Concat: where values lie."""

import itertools
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neurodeploy.frontends.onnx.constants import per_sample
from neurodeploy.frontends.onnx.draft import Draft
from neurodeploy.frontends.onnx.limits import check_size
from neurodeploy.frontends.onnx.node import Node, whole_numbers
from neurodeploy.frontends.onnx.signal import Branch, Signal, signal_of
from neurodeploy.model import Select, Shift

Shape = tuple[int, ...]


def cut(draft: Draft, node: Node) -> Signal:
    """Return the slice, with positive steps and of whole samples (``Slice``)."""
    signal = node.signal()
    sizes = (draft.batch, *signal.shape)
    taken = [range(size) for size in sizes]
    for axis, start, stop, step in _slice_arguments(node, len(sizes)):
        if step < 1:
            raise ValueError(f"takes steps of {step}; only positive steps are read")
        taken[axis] = range(sizes[axis])[start:stop:step]
    if taken[0] != range(draft.batch):
        raise ValueError("cuts the batch axis")
    if not all(taken):
        raise ValueError("takes nothing")
    none = (0,) * len(signal.shape)
    select = Select(
        start=tuple(part.start for part in taken[1:]),
        stop=tuple(part[-1] + 1 for part in taken[1:]),
        step=tuple(part.step for part in taken[1:]),
        before=none,
        after=none,
    )
    return signal if select.n_taken == signal.shape else signal.through(select)


def pad(_draft: Draft, node: Node) -> Signal:
    """Return the values with zeros around them; negative pads cut off."""
    signal = node.signal()
    mode = node.text("mode", "constant")
    given = node.constant(2)
    value = node.real("value", 0.0) if given is None else float(given.item())
    if mode != "constant" or value:
        raise ValueError(
            f"pads with {value if mode == 'constant' else mode!r}; only zeros are read"
        )
    rank = len(signal.shape) + 1
    pads = _pads(node, rank)
    if any(pads[0]):
        raise ValueError("pads the batch axis")
    ends = list(zip(signal.shape, pads[1:], strict=True))
    select = Select(
        start=tuple(max(0, -before) for _, (before, _) in ends),
        stop=tuple(size - max(0, -after) for size, (_, after) in ends),
        step=(1,) * len(ends),
        before=tuple(max(0, before) for _, (before, _) in ends),
        after=tuple(max(0, after) for _, (_, after) in ends),
    )
    return signal.through(select) if any(map(any, pads)) else signal


def concat(draft: Draft, node: Node) -> Signal:
    """Return the inputs one after the other: a sum of branches, each with zeros around it."""
    signals = [value for value in node.values if isinstance(value, Signal)]
    rank = len(signals[0].shape)
    axis = node.integer("axis", 1)
    axis = (axis + rank + 1 if axis < 0 else axis) - 1
    if not 0 <= axis < rank:
        raise ValueError("concatenates along the batch axis")
    parts = [_part(draft, value, signals[0].shape, axis) for value in node.values]
    sizes = [part.shape[axis] for part in parts]
    total = (*signals[0].shape[:axis], sum(sizes), *signals[0].shape[axis + 1 :])
    check_size(total)
    branches: list[Branch] = []
    shift = np.zeros(total)
    for part, before in zip(parts, itertools.accumulate([0, *sizes[:-1]]), strict=True):
        if isinstance(part, Signal):
            after = sum(sizes) - before - part.shape[axis]
            branches.extend(
                _placed(branch, part.shape, axis, before, after) for branch in part.branches
            )
        else:
            shift[(slice(None),) * axis + (slice(before, before + part.shape[axis]),)] = part
    signal = signal_of(node.label, *branches)
    return signal.plus(Shift(shift=shift)) if shift.any() else signal


def _slice_arguments(node: Node, rank: int) -> list[tuple[int, int, int, int]]:
    """Return (axis, start, stop, step) for each axis that is cut."""
    if len(node.values) > 1:
        starts, stops = whole_numbers(node.needed(1)), whole_numbers(node.needed(2))
        axes, steps = node.constant(3), node.constant(4)
        which = list(range(len(starts))) if axes is None else whole_numbers(axes)
        widths = [1] * len(starts) if steps is None else whole_numbers(steps)
    else:
        starts, stops = list(node.integers("starts", ())), list(node.integers("ends", ()))
        which = list(node.integers("axes", tuple(range(len(starts)))))
        widths = [1] * len(starts)
    if not len(starts) == len(stops) == len(which) == len(widths):
        raise ValueError("has starts, ends, axes and steps of different lengths")
    if any(not -rank <= axis < rank for axis in which):
        raise ValueError(f"has axes {which}, its input has {rank}")
    return [
        (axis % rank, start, stop, step)
        for axis, start, stop, step in zip(which, starts, stops, widths, strict=True)
    ]


def _pads(node: Node, rank: int) -> list[tuple[int, int]]:
    """Return (before, after) of each axis, the batch's first."""
    given = node.constant(1)
    numbers = list(node.integers("pads", ())) if given is None else whole_numbers(given)
    chosen = node.axes(3, rank)
    axes = tuple(range(rank)) if chosen is None else chosen
    if len(numbers) != 2 * len(axes):
        raise ValueError(f"has {len(numbers)} pads for {len(axes)} axes")
    pads = [(0, 0)] * rank
    for k, axis in enumerate(axes):
        pads[axis] = (numbers[k], numbers[len(axes) + k])
    return pads


def _part(draft: Draft, value: Any, shape: Shape, axis: int) -> Signal | NDArray[np.float64]:
    """Return one input of a Concat, a constant without its batch axis."""
    if isinstance(value, Signal):
        found = value.shape
    elif isinstance(value, np.ndarray) and value.ndim == len(shape) + 1:
        value = per_sample(draft, value, value.shape[1:])
        found = value.shape
    else:
        raise ValueError("joins a constant without a batch axis")
    if (*found[:axis], *found[axis + 1 :]) != (*shape[:axis], *shape[axis + 1 :]):
        raise ValueError(f"joins samples of shapes {shape} and {found}")
    return value


def _placed(branch: Branch, shape: Shape, axis: int, before: int, after: int) -> Branch:
    """Return `branch`, of `shape`, with zeros around it along `axis`."""
    if axis == 0:
        return replace(branch, before=branch.before + before, after=branch.after + after)
    none = (0,) * len(shape)
    select = Select(
        start=none,
        stop=shape,
        step=(1,) * len(shape),
        before=(*none[:axis], before, *none[axis + 1 :]),
        after=(*none[:axis], after, *none[axis + 1 :]),
    )
    return branch.through(select)
