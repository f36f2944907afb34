"""Operators that keep the values: Flatten, Reshape, Squeeze, Transpose, Cast, Dropout, Identity."""

import numpy as np
import onnx

from neurodeploy.frontends.onnx.draft import Draft
from neurodeploy.frontends.onnx.node import Node, whole_numbers
from neurodeploy.frontends.onnx.signal import Signal

Shape = tuple[int, ...]

_FLOATS = (onnx.TensorProto.FLOAT, onnx.TensorProto.DOUBLE)


def flatten(_draft: Draft, node: Node) -> Signal:
    """Return all axes but the batch's as one."""
    signal = node.signal()
    axis, rank = node.integer("axis", 1), len(signal.shape) + 1
    if axis % rank != 1:
        raise ValueError(f"flattens from axis {axis}; only from axis 1, after the batch's")
    return signal.flattened()


def reshape(draft: Draft, node: Node) -> Signal:
    """Return the values in another shape, if it is one axis after the batch's."""
    signal = node.signal()
    target = whole_numbers(node.needed(1))
    sizes = (draft.batch, *signal.shape)
    if not node.integer("allowzero", 0):
        target = [sizes[k] if not t and k < len(sizes) else t for k, t in enumerate(target)]
    n_values, n_given = (
        int(np.prod(sizes)),
        int(np.prod([t for t in target if t != -1], dtype=object)),
    )
    if target.count(-1) == 1 and n_given and n_values % n_given == 0:
        target[target.index(-1)] = n_values // n_given
    return _in_shape(draft, signal, tuple(target))


def squeeze(draft: Draft, node: Node) -> Signal:
    """Return the values without axes of one."""
    signal = node.signal()
    sizes = (draft.batch, *signal.shape)
    axes = node.axes(1, len(sizes))
    if axes is None:
        axes = tuple(axis for axis, size in enumerate(sizes) if size == 1 and axis)
    if any(sizes[axis] != 1 for axis in axes):
        raise ValueError(f"drops the axes {axes} of {sizes}, which are not all of size 1")
    return _in_shape(draft, signal, tuple(n for axis, n in enumerate(sizes) if axis not in axes))


def transpose(_draft: Draft, node: Node) -> Signal:
    """Return the values, if all axes stay."""
    signal = node.signal()
    rank = len(signal.shape) + 1
    axes = node.integers("perm", tuple(reversed(range(rank))))
    if axes != tuple(range(rank)):
        raise ValueError(
            f"orders the axes {axes}; only (batch, channels, height, width) is read: export it in "
            "that order"
        )
    return signal


def pass_on(_draft: Draft, node: Node) -> Signal:
    """Return the values as they are."""
    return node.signal()


def dropout(_draft: Draft, node: Node) -> Signal:
    """Return the values as they are, if it drops none."""
    training = node.constant(2)
    if training is not None and training.any():
        raise ValueError("is in training mode; export it for inference")
    return node.signal()


def cast(_draft: Draft, node: Node) -> Signal:
    """Return the values as they are, if they are not rounded."""
    to = node.integer("to", onnx.TensorProto.FLOAT)
    if to not in _FLOATS:
        known = onnx.TensorProto.DataType.values()
        name = onnx.TensorProto.DataType.Name(to) if to in known else str(to)
        raise ValueError(f"casts to {name}, which rounds; only FLOAT and DOUBLE are read")
    return node.signal()


def _in_shape(draft: Draft, signal: Signal, target: Shape) -> Signal:
    """Return `signal` in the shape `target`, the batch axis included."""
    if target == (draft.batch, *signal.shape):
        return signal
    if target == (draft.batch, int(np.prod(signal.shape))):
        return signal.flattened()
    raise ValueError(
        f"makes {target} of {(draft.batch, *signal.shape)}; only flattening after the batch axis "
        "is read"
    )
