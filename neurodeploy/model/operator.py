"""Stateless operators of a projection's chain; each knows its shape rule and how to apply itself.

Arrays are (sample, *shape), shapes are (channels, height, width) or (features,).
"""

from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from neurodeploy.geometry.conv import ConvGeometry, Pair
from neurodeploy.model.select import Select
from neurodeploy.storage.arrays import frozen

Floats = NDArray[np.float64]
Shape = tuple[int, ...]

_COLUMNS = 1 << 20
"""Values of the patches that a convolution multiplies at once: 8 MiB, about a core's cache."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Affine:
    """``y = W x + b``; weight (..., n_out, n_in), bias (..., n_out) or None.

    With more than two axes there is a matrix for each place along the axes in front.
    """

    weight: Floats
    bias: Floats | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "weight", frozen(self.weight, np.float64))
        if self.bias is not None:
            object.__setattr__(self, "bias", frozen(self.bias, np.float64))

    def output_shape(self, shape: Shape) -> Shape:
        """Return the shape of the result; ValueError if `shape` does not fit."""
        *places, n_out, n_in = self.weight.shape
        if shape != (*places, n_in):
            raise ValueError(f"weights {self.weight.shape} do not take an input of shape {shape}")
        if self.bias is not None and self.bias.shape != (*places, n_out):
            raise ValueError(
                f"a bias of shape {self.bias.shape} does not fit weights {self.weight.shape}"
            )
        return (*places, n_out)

    def apply(self, x: Floats) -> Floats:
        """Return the operator's value at `x`."""
        y = x @ self.weight.T if self.weight.ndim == 2 else (self.weight @ x[..., None])[..., 0]
        return y if self.bias is None else y + self.bias


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Conv2d:
    """Cross-correlation as in torch.

    Weight (out, in / groups, height, width), bias (out,) or None.
    """

    weight: Floats
    bias: Floats | None = None
    stride: Pair = (1, 1)
    padding: Pair = (0, 0)
    dilation: Pair = (1, 1)
    groups: int = 1

    def __post_init__(self) -> None:
        object.__setattr__(self, "weight", frozen(self.weight, np.float64))
        if self.bias is not None:
            object.__setattr__(self, "bias", frozen(self.bias, np.float64))

    def geometry(self, shape: Shape) -> ConvGeometry:
        """Return the index rules for an input of `shape`; ValueError if it does not fit."""
        if self.weight.ndim != 4:
            raise ValueError(f"weights {self.weight.shape}, expected (out, in, height, width)")
        _check_bias(self.bias, self.weight)
        if len(shape) != 3 or shape[0] != self.weight.shape[1] * self.groups:
            raise ValueError(
                f"weights {self.weight.shape} in {self.groups} groups do not take an input of "
                f"shape {shape}"
            )
        return ConvGeometry(
            input_shape=(shape[0], shape[1], shape[2]),
            out_channels=self.weight.shape[0],
            kernel=(self.weight.shape[2], self.weight.shape[3]),
            stride=self.stride,
            padding=self.padding,
            dilation=self.dilation,
            groups=self.groups,
        )

    def output_shape(self, shape: Shape) -> Shape:
        """Return the shape of the result; ValueError if `shape` does not fit."""
        return self.geometry(shape).output_shape

    def apply(self, x: Floats) -> Floats:
        """Return the operator's value at `x`."""
        geometry = self.geometry(x.shape[1:])
        y = np.empty((len(x), *geometry.output_shape))
        n_in, n_out = self.weight.shape[1], self.weight.shape[0] // self.groups
        n_patch = n_in * geometry.kernel[0] * geometry.kernel[1]
        n_at_once = max(1, _COLUMNS // (n_patch * int(np.prod(y.shape[2:]))))
        padded = np.pad(x, ((0, 0), (0, 0), *((p, p) for p in self.padding)))
        for first in range(0, len(x), n_at_once):
            part = slice(first, first + n_at_once)
            for group in range(self.groups):
                columns = _patches(padded[part, group * n_in : (group + 1) * n_in], geometry)
                rows = slice(group * n_out, (group + 1) * n_out)
                product = self.weight[rows].reshape(n_out, n_patch) @ columns
                y[part, rows] = product.reshape(len(columns), n_out, *y.shape[2:])
        return y if self.bias is None else y + self.bias[:, None, None]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Conv1d:
    """Cross-correlation along the last axis of (channels, length), as in torch.

    Weight (out, in / groups, length), bias (out,) or None.
    """

    weight: Floats
    bias: Floats | None = None
    stride: int = 1
    padding: int = 0
    dilation: int = 1
    groups: int = 1

    def __post_init__(self) -> None:
        object.__setattr__(self, "weight", frozen(self.weight, np.float64))
        if self.bias is not None:
            object.__setattr__(self, "bias", frozen(self.bias, np.float64))

    @property
    def as_conv2d(self) -> Conv2d:
        """The same on images of height 1; ValueError if the weights are none of a Conv1d."""
        if self.weight.ndim != 3:
            raise ValueError(f"weights {self.weight.shape}, expected (out, in / groups, length)")
        return Conv2d(
            weight=self.weight[:, :, None],
            bias=self.bias,
            stride=(1, self.stride),
            padding=(0, self.padding),
            dilation=(1, self.dilation),
            groups=self.groups,
        )

    def output_shape(self, shape: Shape) -> Shape:
        """Return the shape of the result; ValueError if `shape` does not fit."""
        conv = self.as_conv2d
        if len(shape) != 2 or shape[0] != self.weight.shape[1] * self.groups:
            raise ValueError(
                f"weights {self.weight.shape} in {self.groups} groups do not take an input of "
                f"shape {shape}"
            )
        channels, _, length = conv.output_shape((shape[0], 1, shape[1]))
        return channels, length

    def apply(self, x: Floats) -> Floats:
        """Return the operator's value at `x`."""
        return self.as_conv2d.apply(x[:, :, None])[:, :, 0]


@dataclass(frozen=True, slots=True, kw_only=True)
class SumPool2d:
    """Sum over windows, zero padded."""

    kernel: Pair
    stride: Pair
    padding: Pair = (0, 0)

    def geometry(self, shape: Shape) -> ConvGeometry:
        """Return the index rules of the pool as a depthwise convolution."""
        if len(shape) != 3:
            raise ValueError(f"a pool needs (channels, height, width), found {shape}")
        return ConvGeometry(
            input_shape=(shape[0], shape[1], shape[2]),
            out_channels=shape[0],
            kernel=self.kernel,
            stride=self.stride,
            padding=self.padding,
            groups=shape[0],
        )

    def output_shape(self, shape: Shape) -> Shape:
        """Return the shape of the result; ValueError if `shape` does not fit."""
        return self.geometry(shape).output_shape

    def apply(self, x: Floats) -> Floats:
        """Return the operator's value at `x`."""
        (ph, pw), (sh, sw) = self.padding, self.stride
        padded = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
        views = sliding_window_view(padded, self.kernel, axis=(2, 3))[:, :, ::sh, ::sw]
        return views.sum(axis=(4, 5))


@dataclass(frozen=True, slots=True, kw_only=True)
class AvgPool2d:
    """Mean over windows; padding counts as zeros."""

    kernel: Pair
    stride: Pair
    padding: Pair = (0, 0)

    @property
    def as_sum(self) -> SumPool2d:
        """The same windows, summed."""
        return SumPool2d(kernel=self.kernel, stride=self.stride, padding=self.padding)

    @property
    def factor(self) -> float:
        """What turns the sum into the mean."""
        return 1.0 / (self.kernel[0] * self.kernel[1])

    def output_shape(self, shape: Shape) -> Shape:
        """Return the shape of the result; ValueError if `shape` does not fit."""
        return self.as_sum.output_shape(shape)

    def apply(self, x: Floats) -> Floats:
        """Return the operator's value at `x`."""
        return self.as_sum.apply(x) * self.factor


@dataclass(frozen=True, slots=True, kw_only=True)
class Flatten:
    """The axes from `start_dim` to `end_dim`, without the sample's, become one, in C order."""

    start_dim: int = 0
    end_dim: int = -1

    def output_shape(self, shape: Shape) -> Shape:
        """Return the shape of the result; ValueError if `shape` has no such axes."""
        if self.start_dim == 0 and self.end_dim == -1:
            return (int(np.prod(shape, dtype=np.int64)),)
        n_axes = len(shape)
        first, last = (d + n_axes if d < 0 else d for d in (self.start_dim, self.end_dim))
        if not 0 <= first <= last < n_axes:
            raise ValueError(f"axes {self.start_dim} to {self.end_dim} are none of {shape}")
        size = int(np.prod(shape[first : last + 1], dtype=np.int64))
        return (*shape[:first], size, *shape[last + 1 :])

    def apply(self, x: Floats) -> Floats:
        """Return the operator's value at `x`."""
        return x.reshape(len(x), *self.output_shape(x.shape[1:]))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Scale:
    """``y = scale x``; scale broadcasts over the shape."""

    scale: Floats

    def __post_init__(self) -> None:
        object.__setattr__(self, "scale", frozen(self.scale, np.float64))

    def output_shape(self, shape: Shape) -> Shape:
        """Return the shape of the result; ValueError if `shape` does not fit."""
        _check_broadcast("scale", self.scale, shape)
        return shape

    def apply(self, x: Floats) -> Floats:
        """Return the operator's value at `x`."""
        return x * self.scale


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Shift:
    """``y = x + shift``; shift broadcasts over the shape."""

    shift: Floats

    def __post_init__(self) -> None:
        object.__setattr__(self, "shift", frozen(self.shift, np.float64))

    def output_shape(self, shape: Shape) -> Shape:
        """Return the shape of the result; ValueError if `shape` does not fit."""
        _check_broadcast("shift", self.shift, shape)
        return shape

    def apply(self, x: Floats) -> Floats:
        """Return the operator's value at `x`."""
        return x + self.shift


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class BatchNorm:
    """``y = gamma (x - mean) / sqrt(var + eps) + beta`` per channel (first axis), until folded."""

    mean: Floats
    var: Floats
    gamma: Floats
    beta: Floats
    eps: float

    def __post_init__(self) -> None:
        for name in ("mean", "var", "gamma", "beta"):
            object.__setattr__(self, name, frozen(getattr(self, name), np.float64))

    @property
    def factor(self) -> Floats:
        """What it multiplies each channel by."""
        return self.gamma / np.sqrt(self.var + self.eps)

    @property
    def offset(self) -> Floats:
        """What it adds to each channel afterwards."""
        return self.beta - self.mean * self.factor

    def output_shape(self, shape: Shape) -> Shape:
        """Return the shape of the result; ValueError if `shape` does not fit."""
        statistics = {self.mean.shape, self.var.shape, self.gamma.shape, self.beta.shape}
        if not shape or statistics != {shape[:1]}:
            raise ValueError(f"statistics of shapes {sorted(statistics)} do not fit {shape}")
        return shape

    def apply(self, x: Floats) -> Floats:
        """Return the operator's value at `x`."""
        channels = (-1, *([1] * (x.ndim - 2)))
        return x * self.factor.reshape(channels) + self.offset.reshape(channels)


Operator = (
    Affine | Conv1d | Conv2d | SumPool2d | AvgPool2d | Flatten | Select | Scale | Shift | BatchNorm
)


def _patches(padded: Floats, geometry: ConvGeometry) -> Floats:
    """Return what each output pixel sees: (sample, channel x kernel tap, output pixel)."""
    (kh, kw), (dh, dw), (sh, sw) = geometry.kernel, geometry.dilation, geometry.stride
    _, height, width = geometry.output_shape
    patches = np.empty((*padded.shape[:2], kh, kw, height, width))
    for i in range(kh):
        rows = slice(i * dh, i * dh + (height - 1) * sh + 1, sh)
        for j in range(kw):
            columns = slice(j * dw, j * dw + (width - 1) * sw + 1, sw)
            patches[:, :, i, j] = padded[:, :, rows, columns]
    return patches.reshape(len(padded), -1, height * width)


def _check_broadcast(what: str, values: Floats, shape: Shape) -> None:
    try:
        fits = np.broadcast_shapes(shape, values.shape) == shape
    except ValueError:
        fits = False
    if not fits:
        raise ValueError(f"a {what} of shape {values.shape} does not fit {shape}")


def _check_bias(bias: Floats | None, weight: Floats) -> None:
    if bias is not None and bias.shape != weight.shape[:1]:
        raise ValueError(f"a bias of shape {bias.shape} does not fit weights {weight.shape}")
