"""Gemm, MatMul, Conv and BatchNormalization."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neurodeploy.frontends.onnx.constants import floats, per_sample
from neurodeploy.frontends.onnx.draft import Draft
from neurodeploy.frontends.onnx.node import Node
from neurodeploy.frontends.onnx.signal import Signal, signal_of
from neurodeploy.frontends.onnx.window import window_of
from neurodeploy.model import Affine, BatchNorm, Conv2d, Operator

Floats = NDArray[np.float64]
Make = Callable[[Floats, Floats | None], tuple[Operator, ...]]


def gemm(draft: Draft, node: Node) -> Signal:
    """Return ``alpha x B + beta C``, B transposed if so asked."""
    signal = _vector(node.signal())
    if node.integer("transA", 0):
        raise ValueError("transposes its first input, which would mix samples")
    weight = node.real("alpha", 1.0) * _matrix(node.needed(1))
    weight = weight if node.integer("transB", 0) else weight.T
    offset = node.constant(2)
    bias = None
    if offset is not None:
        own = per_sample(draft, offset, (len(weight),))
        bias = np.broadcast_to(node.real("beta", 1.0) * own, (len(weight),))
    return _weighted(draft, node, signal, weight, bias, _affine)


def matmul(draft: Draft, node: Node) -> Signal:
    """Return ``x B``."""
    signal = _vector(node.signal())
    return _weighted(draft, node, signal, _matrix(node.needed(1)).T, None, _affine)


def conv(draft: Draft, node: Node) -> Signal:
    """Return the convolution; padding that is not the same on both sides becomes a Select."""
    signal, weight = node.signal(), floats(node.needed(1))
    kernel = node.integers("kernel_shape", weight.shape[2:])
    if weight.ndim != 4 or kernel != weight.shape[2:]:
        raise ValueError(
            f"has weights {weight.shape} and kernel {kernel}; only (out, in, height, width) is read"
        )
    window, groups = window_of(node, kernel, signal.shape), node.integer("group", 1)
    if groups < 1:
        raise ValueError(f"has {groups} groups")
    even = window.before == window.after
    offset = node.constant(2)

    def make(part: Floats, bias: Floats | None) -> tuple[Operator, ...]:
        n_in = part.shape[1] * groups
        operator = Conv2d(
            weight=part,
            bias=bias,
            stride=window.stride,
            padding=window.before if even else (0, 0),
            dilation=window.dilation,
            groups=groups,
        )
        return (operator,) if even else (window.padding((n_in, *signal.shape[1:])), operator)

    bias = None if offset is None else floats(offset)
    return _weighted(draft, node, signal, weight, bias, make, parts=groups == 1)


def batch_norm(draft: Draft, node: Node) -> Signal:
    """Return the normalisation with the running statistics."""
    signal = draft.single(node.signal())
    if node.integer("training_mode", 0) or not node.integer("spatial", 1):
        raise ValueError("uses statistics of the batch or of each pixel; export it for inference")
    gamma, beta, mean, var = (floats(node.needed(index)) for index in (1, 2, 3, 4))
    eps = node.real("epsilon", 1e-5)
    if (var + eps <= 0).any():
        raise ValueError(f"has a variance of {var.min():g}, which is not positive with {eps:g}")
    operator = BatchNorm(gamma=gamma, beta=beta, mean=mean, var=var, eps=eps)
    branch = signal.branches[0].through(operator)
    return signal_of(node.label, replace(branch, via=branch.via or node.label))


def _weighted(
    draft: Draft,
    node: Node,
    signal: Signal,
    weight: Floats,
    bias: Floats | None,
    make: Make,
    *,
    parts: bool = True,
) -> Signal:
    """Return `signal` times `weight`: each part of a concatenation takes its own columns."""
    if signal.shape[0] != weight.shape[1] and parts:
        raise ValueError(f"has weights {weight.shape}, which do not take samples {signal.shape}")
    if not (parts and all(branch.is_part for branch in signal.branches)):
        branch = draft.single(signal).branches[0].through(*make(weight, bias))
        return signal_of(node.label, replace(branch, via=node.label))
    branches = []
    for branch in signal.branches:
        columns = weight[:, branch.before : branch.before + branch.shape[0]]
        inner = replace(branch, before=0, after=0).through(*make(columns, bias))
        branches.append(replace(inner, via=node.label))
        bias = None  # it is added once
    return signal_of(node.label, *branches)


def _affine(weight: Floats, bias: Floats | None) -> tuple[Operator, ...]:
    return (Affine(weight=weight, bias=bias),)


def _vector(signal: Signal) -> Signal:
    if len(signal.shape) != 1:
        raise ValueError(f"multiplies samples of shape {signal.shape}; flatten them before")
    return signal


def _matrix(array: NDArray[Any]) -> Floats:
    if array.ndim != 2:
        raise ValueError(f"has weights of shape {array.shape}, expected two axes")
    return floats(array)
