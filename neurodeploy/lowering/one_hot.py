"""A selection of pixels as a convolution whose kernels hold a single one."""

import numpy as np
from numpy.typing import NDArray

from neurodeploy.geometry.conv import ConvGeometry
from neurodeploy.model import Select

Floats = NDArray[np.float64]
Shape = tuple[int, ...]


def conv_of(select: Select, shape: Shape) -> tuple[Floats, ConvGeometry] | None:
    """Return weights and geometry of the convolution that equals `select` on inputs of `shape`.

    One group a channel where all channels are taken, otherwise one group with zeros between
    channels. None where `shape` is no image or zeros lie where the convolution would see the input.
    """
    if len(shape) != 3:
        return None
    channels, height, width = shape
    taps = [_tap(select, axis, n_in) for axis, n_in in ((1, height), (2, width))]
    (row, kernel_h, padding_h), (column, kernel_w, padding_w) = taps
    if not all(_meets_only_padding(select, axis, shape[axis]) for axis in (1, 2)):
        return None
    out_channels = select.output_shape(shape)[0]
    depthwise = select.n_taken[0] == channels == out_channels
    geometry = ConvGeometry(
        input_shape=(channels, height, width),
        out_channels=out_channels,
        kernel=(kernel_h, kernel_w),
        stride=(select.step[1], select.step[2]),
        padding=(padding_h, padding_w),
        groups=channels if depthwise else 1,
    )
    weight = np.zeros(geometry.weight_shape)
    target, source = np.arange(out_channels)[select.place[0]], np.arange(channels)[select.slices[0]]
    weight[target, np.zeros_like(source) if depthwise else source, row, column] = 1
    return weight, geometry


def _tap(select: Select, axis: int, n_in: int) -> tuple[int, int, int]:
    """Return index of the one, kernel and padding, as small as the size of the result allows."""
    step = select.step[axis]
    n_out = select.before[axis] + select.n_taken[axis] + select.after[axis]
    offset = select.start[axis] - select.before[axis] * step
    padding = max(0, -offset, step * (n_out - 1) + offset + 1 - n_in)
    index = offset + padding
    kernel = max(index + 1, n_in + 2 * padding - step * n_out + 1)
    return index, kernel, padding


def _meets_only_padding(select: Select, axis: int, n_in: int) -> bool:
    """Say whether the zeros around the slice are where the input has ended."""
    first, step = select.start[axis], select.step[axis]
    beyond = first + select.n_taken[axis] * step
    return (not select.before[axis] or first < step) and (not select.after[axis] or beyond >= n_in)
