"""Operators of a projection's chain as torch modules, and back; arrays are (n, *shape)."""

from dataclasses import replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from neurodeploy.model import (
    Affine,
    AvgPool2d,
    BatchNorm,
    Conv1d,
    Conv2d,
    Flatten,
    Operator,
    Scale,
    Select,
    Shift,
    SumPool2d,
)

Weighted = Affine | Conv1d | Conv2d


class OperatorModule(nn.Module):
    """One operator; `operator` gives it back with the values that training left."""

    def operator(self) -> Operator:
        """Return the operator as it is now."""
        raise NotImplementedError


class WeightedModule(OperatorModule):
    """Affine or convolution with trainable weight and bias."""

    def __init__(self, template: Weighted, dtype: torch.dtype) -> None:
        super().__init__()
        self.template = template
        self.weight = nn.Parameter(tensor(template.weight, dtype))
        self.bias: Tensor | None
        bias = None if template.bias is None else nn.Parameter(tensor(template.bias, dtype))
        self.register_parameter("bias", bias)

    def forward(self, x: Tensor) -> Tensor:
        """Return the operator's value at `x`."""
        match self.template:
            case Affine() if self.weight.ndim == 2:
                return functional.linear(x, self.weight, self.bias)
            case Affine():
                y = (self.weight @ x[..., None])[..., 0]
                return y if self.bias is None else y + self.bias
            case Conv2d() as conv:
                return functional.conv2d(
                    x, self.weight, self.bias, conv.stride, conv.padding, conv.dilation, conv.groups
                )
            case Conv1d() as conv:
                return functional.conv1d(
                    x, self.weight, self.bias, conv.stride, conv.padding, conv.dilation, conv.groups
                )

    def operator(self) -> Operator:
        """Return the operator with the trained weight and bias."""
        old = self.template
        bias = None if self.bias is None or old.bias is None else kept(old.bias, self.bias)
        return replace(old, weight=kept(old.weight, self.weight), bias=bias)


class NormModule(OperatorModule):
    """BatchNorm over samples and steps together; statistics are estimated while training.

    All steps of a batch share one set of statistics, as tdBN has it (Zheng et al. 2021) but for its
    factor by the threshold.
    """

    def __init__(self, template: BatchNorm, dtype: torch.dtype) -> None:
        super().__init__()
        self.template = template
        self.momentum = 0.1
        self.gamma = nn.Parameter(tensor(template.gamma, dtype))
        self.beta = nn.Parameter(tensor(template.beta, dtype))
        self.register_buffer("mean", tensor(template.mean, dtype))
        self.register_buffer("var", tensor(template.var, dtype))

    def forward(self, x: Tensor) -> Tensor:
        """Return the operator's value at `x`."""
        return functional.batch_norm(
            x,
            self.get_buffer("mean"),
            self.get_buffer("var"),
            self.gamma,
            self.beta,
            training=self.training,
            momentum=self.momentum,
            eps=self.template.eps,
        )

    def operator(self) -> Operator:
        """Return the operator with the estimated statistics and the trained gain and offset."""
        old = self.template
        return BatchNorm(
            mean=kept(old.mean, self.get_buffer("mean")),
            var=kept(old.var, self.get_buffer("var")),
            gamma=kept(old.gamma, self.gamma),
            beta=kept(old.beta, self.beta),
            eps=old.eps,
        )


class FixedModule(OperatorModule):
    """An operator without anything to train."""

    def __init__(self, template: Operator, dtype: torch.dtype) -> None:
        super().__init__()
        self.template = template
        match template:
            case Scale():
                self.register_buffer("values", tensor(template.scale, dtype))
            case Shift():
                self.register_buffer("values", tensor(template.shift, dtype))

    def forward(self, x: Tensor) -> Tensor:
        """Return the operator's value at `x`."""
        match self.template:
            case Scale():
                return x * self.get_buffer("values")
            case Shift():
                return x + self.get_buffer("values")
            case AvgPool2d() as pool:
                return _sum_pool(x, pool.as_sum) * pool.factor
            case SumPool2d() as pool:
                return _sum_pool(x, pool)
            case Flatten() as flatten:
                return x.reshape(len(x), *flatten.output_shape(tuple(x.shape[1:])))
            case Select() as select:
                taken = x[(slice(None), *select.slices)]
                pads = [p for pair in zip(select.before, select.after, strict=True) for p in pair]
                return functional.pad(taken, _last_axis_first(pads))
        raise TypeError(f"{type(self.template).__name__} has weights")

    def operator(self) -> Operator:
        """Return the operator."""
        return self.template


def module_of(operator: Operator, dtype: torch.dtype) -> OperatorModule:
    """Return the module of one operator."""
    match operator:
        case Affine() | Conv1d() | Conv2d():
            return WeightedModule(operator, dtype)
        case BatchNorm():
            return NormModule(operator, dtype)
        case _:
            return FixedModule(operator, dtype)


def tensor(values: NDArray[np.float64], dtype: torch.dtype) -> Tensor:
    """Return a copy of `values` as a tensor."""
    return torch.from_numpy(np.array(values)).to(dtype)


def array(values: Tensor) -> NDArray[np.float64]:
    """Return `values` as float64."""
    return values.detach().cpu().numpy().astype(np.float64)


def kept(template: NDArray[np.float64], now: Tensor) -> NDArray[np.float64]:
    """Return `now` as float64; the template's own values, unrounded, where training left them."""
    if torch.equal(tensor(template, now.dtype), now.detach().cpu()):
        return template
    return array(now)


def _sum_pool(x: Tensor, pool: SumPool2d) -> Tensor:
    """Pad by hand: torch refuses padding beyond half a kernel, which a Model may have."""
    (ph, pw) = pool.padding
    padded = functional.pad(x, (pw, pw, ph, ph)) if ph or pw else x
    return functional.avg_pool2d(padded, pool.kernel, pool.stride, divisor_override=1)


def _last_axis_first(pads: list[int]) -> list[int]:
    """Return (before, after) pairs in torch's order."""
    pairs = [pads[k : k + 2] for k in range(0, len(pads), 2)]
    return [p for pair in reversed(pairs) for p in pair]
