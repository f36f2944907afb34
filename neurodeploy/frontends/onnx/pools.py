"""AveragePool, MaxPool, their global forms and ReduceMean over the pixels."""

import numpy as np
from numpy.typing import NDArray

from neurodeploy.frontends.onnx.draft import Draft
from neurodeploy.frontends.onnx.node import Node
from neurodeploy.frontends.onnx.signal import Signal
from neurodeploy.frontends.onnx.window import Window, window_of
from neurodeploy.model import AvgPool2d, Max, Operator, Scale, SumPool2d

Shape = tuple[int, ...]


def average_pool(_draft: Draft, node: Node) -> Signal:
    """Return the mean of each window, of what ``count_include_pad`` counts."""
    signal = node.signal()
    window = window_of(node, node.integers("kernel_shape", ()), signal.shape)
    _refuse_dilation(window)
    return signal.through(
        *_averages(window, signal.shape, bool(node.integer("count_include_pad", 0)))
    )


def global_average_pool(_draft: Draft, node: Node) -> Signal:
    """Return the mean of each channel."""
    signal = node.signal()
    return signal.through(_global_average(signal.shape))


def reduce_mean(_draft: Draft, node: Node) -> Signal:
    """Return the mean over height and width."""
    signal = node.signal()
    axes = node.axes(1, len(signal.shape) + 1)
    if axes != (2, 3):
        raise ValueError(f"averages over the axes {axes}; only height and width (2, 3) are read")
    averaged = signal.through(_global_average(signal.shape))
    return averaged if node.integer("keepdims", 1) else averaged.flattened()


def max_pool(draft: Draft, node: Node) -> Signal:
    """Return a Max population; zeros are padded where no value is negative, which is the same."""
    signal = node.signal()
    window = window_of(node, node.integers("kernel_shape", ()), signal.shape)
    _refuse_dilation(window)
    if window.is_padded:
        if not draft.is_nonnegative(signal):
            raise ValueError(
                "pads values that may be negative; only zeros are padded: pool after the ReLU"
            )
        signal = signal.through(window.padding(signal.shape))
    return _maxima(draft, node, signal, window.kernel, window.stride)


def global_max_pool(draft: Draft, node: Node) -> Signal:
    """Return a Max population of one value a channel."""
    signal = node.signal()
    _, height, width = _image(signal.shape)
    return _maxima(draft, node, signal, (height, width), (height, width))


def _maxima(
    draft: Draft, node: Node, signal: Signal, kernel: tuple[int, int], stride: tuple[int, int]
) -> Signal:
    neuron = Max(input_shape=_image(signal.shape), kernel=kernel, stride=stride)
    return draft.add(node.label, signal, neuron)


def _averages(window: Window, shape: Shape, count_padding: bool) -> tuple[Operator, ...]:
    """Return the pool, as a sum that is scaled where windows count fewer values than they have."""
    even = window.before == window.after
    around: tuple[Operator, ...] = () if even else (window.padding(shape),)
    padding = window.before if even else (0, 0)
    counts = [_counts(window, axis, shape[1 + axis], count_padding) for axis in (0, 1)]
    n_counted = np.outer(*counts)
    if (n_counted == window.kernel[0] * window.kernel[1]).all():
        pool = AvgPool2d(kernel=window.kernel, stride=window.stride, padding=padding)
        return (*around, pool)
    if not n_counted.all():
        raise ValueError("has windows that lie in the padding")
    total = SumPool2d(kernel=window.kernel, stride=window.stride, padding=padding)
    return (*around, total, Scale(scale=1.0 / n_counted[None]))


def _counts(window: Window, axis: int, n_in: int, count_padding: bool) -> NDArray[np.int64]:
    """Return how many positions along `axis` each window counts."""
    low = -window.before[axis] if count_padding else 0
    high = n_in + window.declared_after[axis] if count_padding else n_in
    first = np.arange(window.output[axis]) * window.stride[axis] - window.before[axis]
    last = first + window.kernel[axis]
    return np.maximum(np.minimum(last, high) - np.maximum(first, low), 0)


def _global_average(shape: Shape) -> AvgPool2d:
    _, height, width = _image(shape)
    return AvgPool2d(kernel=(height, width), stride=(height, width))


def _image(shape: Shape) -> tuple[int, int, int]:
    if len(shape) != 3:
        raise ValueError(f"pools samples of shape {shape}, expected (channels, height, width)")
    return shape[0], shape[1], shape[2]


def _refuse_dilation(window: Window) -> None:
    if window.dilation != (1, 1):
        raise ValueError(f"has dilations {window.dilation}; only pools without are read")
