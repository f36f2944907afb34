"""Modules of torch.nn without state as operators; ValueError says what cannot be exported."""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from neurodeploy.frontends.snntorch.parameters import array
from neurodeploy.frontends.snntorch.reshape import flatten
from neurodeploy.geometry.conv import Pair
from neurodeploy.model import (
    Affine,
    AvgPool2d,
    BatchNorm,
    Conv1d,
    Conv2d,
    Max,
    Operator,
    Relu,
    Select,
)

Shape = tuple[int, ...]
DROPPED = (nn.Dropout, nn.Dropout1d, nn.Dropout2d, nn.Dropout3d, nn.AlphaDropout, nn.Identity)
"""Modules that do nothing once the network is trained."""


def operators_of(module: nn.Module, shape: Shape) -> tuple[Operator, ...]:
    """Return the operators that `module` is for an input of `shape` (without the batch axis).

    Raises
    ------
    ValueError
        If it cannot be exported: why, and what to do.
    """
    match module:
        case nn.Linear():
            return (Affine(weight=array(module.weight), bias=_bias(module.bias)),)
        case nn.Conv1d():
            return (_conv1d(module),)
        case nn.Conv2d():
            return (_conv2d(module),)
        case nn.AvgPool2d():
            return (_pool(module),)
        case nn.AdaptiveAvgPool2d():
            return (_adaptive_pool(module, shape),)
        case nn.BatchNorm1d() | nn.BatchNorm2d():
            return (_norm(module),)
        case nn.Flatten():
            return flatten(module.start_dim, module.end_dim, shape)
        case _ if isinstance(module, DROPPED):
            return ()
    raise ValueError(
        "cannot be exported; use Linear, Conv1d, Conv2d, AvgPool2d, MaxPool2d, BatchNorm, Flatten, "
        "Dropout and the neurons Leaky, Synaptic, RLeaky, RSynaptic, Lapicque"
    )


def relu_of(module: nn.ReLU | nn.ReLU6) -> Relu:
    """Return the neuron that a ReLU or ReLU6 is."""
    return Relu(ceiling=6.0 if isinstance(module, nn.ReLU6) else None)


def max_of(module: nn.MaxPool2d, shape: Shape) -> tuple[tuple[Operator, ...], Max]:
    """Return the maximum in the windows of `module` over values of at least 0, and what pads them.

    Raises
    ------
    ValueError
        If it cannot be exported: why, and what to do.
    """
    if module.ceil_mode:
        raise ValueError("uses ceil_mode; set it to False")
    if module.return_indices:
        raise ValueError("returns indices; set return_indices to False")
    if _pair(module.dilation) != (1, 1):
        raise ValueError(f"has the dilation {module.dilation}; only 1 can be exported")
    if len(shape) != 3:
        raise ValueError(f"pools values of shape {shape}, expected (channels, height, width)")
    (rows, columns), (channels, height, width) = _pair(module.padding), shape
    around: tuple[Operator, ...] = ()
    if rows or columns:
        around = (_padding(shape, (0, rows, columns)),)
    padded = (channels, height + 2 * rows, width + 2 * columns)
    kernel, stride = _pair(module.kernel_size), _pair(module.stride)
    return around, Max(input_shape=padded, kernel=kernel, stride=stride)


def _padding(shape: Shape, around: Shape) -> Select:
    none, each = (0,) * len(shape), (1,) * len(shape)
    return Select(start=none, stop=shape, step=each, before=around, after=around)


def _bias(tensor: torch.Tensor | None) -> NDArray[np.float64] | None:
    return None if tensor is None else array(tensor)


def _conv1d(module: nn.Conv1d) -> Conv1d:
    return Conv1d(
        weight=array(module.weight),
        bias=_bias(module.bias),
        stride=module.stride[0],
        padding=_conv_padding(module)[0],
        dilation=module.dilation[0],
        groups=module.groups,
    )


def _conv2d(module: nn.Conv2d) -> Conv2d:
    return Conv2d(
        weight=array(module.weight),
        bias=_bias(module.bias),
        stride=_pair(module.stride),
        padding=_pair(_conv_padding(module)),
        dilation=_pair(module.dilation),
        groups=module.groups,
    )


def _conv_padding(module: nn.Conv1d | nn.Conv2d) -> tuple[int, ...]:
    if module.padding_mode != "zeros":
        raise ValueError(f"pads with {module.padding_mode!r}; only zeros can be exported")
    if not isinstance(module.padding, str):
        return module.padding
    if module.padding == "valid":
        return (0,) * len(module.kernel_size)
    around = [d * (k - 1) for d, k in zip(module.dilation, module.kernel_size, strict=True)]
    if any(size % 2 for size in around):
        raise ValueError(
            f"padding 'same' is one-sided for kernel {module.kernel_size}; give it in numbers"
        )
    return tuple(size // 2 for size in around)


def _pool(module: nn.AvgPool2d) -> AvgPool2d:
    padding = _pair(module.padding)
    if module.ceil_mode:
        raise ValueError("uses ceil_mode; set it to False")
    if not module.count_include_pad and padding != (0, 0):
        raise ValueError("does not count its padding; set count_include_pad to True")
    if module.divisor_override is not None:
        raise ValueError("overrides the divisor; scale the weights after it instead")
    return AvgPool2d(kernel=_pair(module.kernel_size), stride=_pair(module.stride), padding=padding)


def _adaptive_pool(module: nn.AdaptiveAvgPool2d, shape: Shape) -> AvgPool2d:
    rows, columns = _pair(module.output_size)  # type: ignore[arg-type]  # None fails the next line
    if len(shape) != 3 or not isinstance(rows, int) or not isinstance(columns, int):
        raise ValueError(
            f"pools values of shape {shape} to {module.output_size}; give two numbers for an image"
        )
    _, height, width = shape
    if height % rows or width % columns:
        raise ValueError(
            f"divides {height} x {width} pixels into {rows} x {columns} windows of different "
            "sizes; use AvgPool2d"
        )
    kernel = height // rows, width // columns
    return AvgPool2d(kernel=kernel, stride=kernel)


def _norm(module: nn.BatchNorm1d | nn.BatchNorm2d) -> BatchNorm:
    mean, var = module.running_mean, module.running_var
    if mean is None or var is None:
        raise ValueError("keeps no running statistics; train it with track_running_stats")
    ones = torch.ones_like(mean)
    gamma: torch.Tensor | None = module.weight
    beta: torch.Tensor | None = module.bias
    return BatchNorm(
        mean=array(mean),
        var=array(var),
        gamma=array(ones if gamma is None else gamma),
        beta=array(0 * ones if beta is None else beta),
        eps=module.eps,
    )


def _pair(value: int | tuple[int, ...]) -> Pair:
    return (value, value) if isinstance(value, int) else (value[0], value[-1])
