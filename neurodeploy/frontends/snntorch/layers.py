"""Modules of torch.nn without state as operators; ValueError says what cannot be exported."""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from neurodeploy.geometry.conv import Pair
from neurodeploy.model import Affine, AvgPool2d, BatchNorm, Conv2d, Flatten, Operator

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
        case nn.Conv2d():
            return (_conv(module),)
        case nn.AvgPool2d():
            return (_pool(module),)
        case nn.BatchNorm1d() | nn.BatchNorm2d():
            return (_norm(module),)
        case nn.Flatten():
            return flatten(module.start_dim, module.end_dim, shape)
        case _ if isinstance(module, DROPPED):
            return ()
    raise ValueError(
        "cannot be exported; use Linear, Conv2d, AvgPool2d, BatchNorm, Flatten, Dropout, Leaky "
        "or Synaptic"
    )


def flatten(start: int, end: int, shape: Shape) -> tuple[Operator, ...]:
    """Return the flattening of the axes `start` to `end`, counted with the batch axis.

    Raises
    ------
    ValueError
        If it is not of all axes but the batch's.
    """
    n_axes = len(shape) + 1
    if start % n_axes != 1 % n_axes or end % n_axes != n_axes - 1:
        raise ValueError(
            f"flattens axes {start} to {end} of {n_axes}; only all axes but the batch's (1 to -1)"
        )
    return (Flatten(),) if len(shape) > 1 else ()


def array(tensor: torch.Tensor) -> NDArray[np.float64]:
    """Return the values of `tensor` as float64."""
    return tensor.detach().cpu().to(torch.float64).numpy()


def _bias(tensor: torch.Tensor | None) -> NDArray[np.float64] | None:
    return None if tensor is None else array(tensor)


def _conv(module: nn.Conv2d) -> Conv2d:
    if module.padding_mode != "zeros":
        raise ValueError(f"pads with {module.padding_mode!r}; only zeros can be exported")
    return Conv2d(
        weight=array(module.weight),
        bias=_bias(module.bias),
        stride=_pair(module.stride),
        padding=_conv_padding(module),
        dilation=_pair(module.dilation),
        groups=module.groups,
    )


def _conv_padding(module: nn.Conv2d) -> Pair:
    if not isinstance(module.padding, str):
        return _pair(module.padding)
    if module.padding == "valid":
        return 0, 0
    height, width = (d * (k - 1) for d, k in zip(module.dilation, module.kernel_size, strict=True))
    if height % 2 or width % 2:
        raise ValueError(
            f"padding 'same' is one-sided for kernel {module.kernel_size}; give it in numbers"
        )
    return height // 2, width // 2


def _pool(module: nn.AvgPool2d) -> AvgPool2d:
    padding = _pair(module.padding)
    if module.ceil_mode:
        raise ValueError("uses ceil_mode; set it to False")
    if not module.count_include_pad and padding != (0, 0):
        raise ValueError("does not count its padding; set count_include_pad to True")
    if module.divisor_override is not None:
        raise ValueError("overrides the divisor; scale the weights after it instead")
    return AvgPool2d(kernel=_pair(module.kernel_size), stride=_pair(module.stride), padding=padding)


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
