"""Stateless operators of a projection's chain; each knows its shape rule and how to apply itself.

Arrays are (sample, *shape), shapes are (channels, height, width) or (features,).
"""

from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from neurodeploy.geometry.conv import ConvGeometry, Pair
from neurodeploy.storage.arrays import frozen

Floats = NDArray[np.float64]
Shape = tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Affine:
    """``y = W x + b``; weight (n_out, n_in), bias (n_out,) or None."""

    weight: Floats
    bias: Floats | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "weight", frozen(self.weight, np.float64))
        if self.bias is not None:
            object.__setattr__(self, "bias", frozen(self.bias, np.float64))

    def output_shape(self, shape: Shape) -> Shape:
        """Return the shape of the result; ValueError if `shape` does not fit."""
        if self.weight.ndim != 2 or shape != self.weight.shape[1:]:
            raise ValueError(f"weights {self.weight.shape} do not take an input of shape {shape}")
        _check_bias(self.bias, self.weight)
        return (int(self.weight.shape[0]),)

    def apply(self, x: Floats) -> Floats:
        """Return the operator's value at `x`."""
        y = x @ self.weight.T
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
        (ph, pw), (dh, dw), (sh, sw) = self.padding, self.dilation, self.stride
        kh, kw = self.weight.shape[2:]
        padded = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
        window = (dh * (kh - 1) + 1, dw * (kw - 1) + 1)
        views = sliding_window_view(padded, window, axis=(2, 3))[:, :, ::sh, ::sw, ::dh, ::dw]
        n_in, n_out = self.weight.shape[1], self.weight.shape[0] // self.groups
        parts = [
            np.tensordot(
                views[:, g * n_in : (g + 1) * n_in],
                self.weight[g * n_out : (g + 1) * n_out],
                axes=((1, 4, 5), (1, 2, 3)),
            )
            for g in range(self.groups)
        ]
        y = np.moveaxis(np.concatenate(parts, axis=-1), -1, 1)
        return y if self.bias is None else y + self.bias[:, None, None]


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
    """All axes but the sample's become one, in C order."""

    def output_shape(self, shape: Shape) -> Shape:
        """Return the shape of the result."""
        return (int(np.prod(shape, dtype=np.int64)),)

    def apply(self, x: Floats) -> Floats:
        """Return the operator's value at `x`."""
        return x.reshape(len(x), -1)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Scale:
    """``y = scale x``; scale broadcasts over the shape."""

    scale: Floats

    def __post_init__(self) -> None:
        object.__setattr__(self, "scale", frozen(self.scale, np.float64))

    def output_shape(self, shape: Shape) -> Shape:
        """Return the shape of the result; ValueError if `shape` does not fit."""
        if np.broadcast_shapes(shape, self.scale.shape) != shape:
            raise ValueError(f"a scale of shape {self.scale.shape} does not fit {shape}")
        return shape

    def apply(self, x: Floats) -> Floats:
        """Return the operator's value at `x`."""
        return x * self.scale


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


Operator = Affine | Conv2d | SumPool2d | AvgPool2d | Flatten | Scale | BatchNorm


def _check_bias(bias: Floats | None, weight: Floats) -> None:
    if bias is not None and bias.shape != weight.shape[:1]:
        raise ValueError(f"a bias of shape {bias.shape} does not fit weights {weight.shape}")
