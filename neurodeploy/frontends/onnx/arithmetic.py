"""Add, Sub, Mul, Div, Neg and Sum, of branches or with a constant."""

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neurodeploy.frontends.onnx.constants import floats, per_sample
from neurodeploy.frontends.onnx.draft import Draft
from neurodeploy.frontends.onnx.node import Node, Value
from neurodeploy.frontends.onnx.signal import Signal, signal_of
from neurodeploy.model import Affine, Conv2d, Scale, Shift

Floats = NDArray[np.float64]

_MINUS = Scale(scale=np.full((), -1.0))


def add(draft: Draft, node: Node) -> Signal:
    """Return the sum of the inputs (``Add``, ``Sum``)."""
    first, *others = sorted(node.values, key=lambda value: not isinstance(value, Signal))
    assert isinstance(first, Signal)
    total = first
    for value in others:
        total = _sum(draft, node, total, value)
    return total


def subtract(draft: Draft, node: Node) -> Signal:
    """Return the first input minus the second."""
    left, right = node.values
    if isinstance(right, Signal):
        return _sum(draft, node, left, right.through(_MINUS))
    return _sum(draft, node, left, -floats(node.needed(1)))


def multiply(draft: Draft, node: Node) -> Signal:
    """Return a signal times a constant."""
    left, right = node.values
    if isinstance(left, Signal) and isinstance(right, Signal):
        raise ValueError("multiplies two values of the network; only a constant factor is read")
    signal = node.signal(0 if isinstance(left, Signal) else 1)
    constant = node.needed(1 if isinstance(left, Signal) else 0)
    return signal.through(Scale(scale=per_sample(draft, constant, signal.shape)))


def divide(draft: Draft, node: Node) -> Signal:
    """Return a signal over a constant."""
    signal, divisor = node.signal(), per_sample(draft, node.needed(1), node.signal().shape)
    if not divisor.all():
        raise ValueError("divides by zero")
    return signal.through(Scale(scale=1.0 / divisor))


def negate(_draft: Draft, node: Node) -> Signal:
    """Return the signal times -1."""
    return node.signal().through(_MINUS)


def _sum(draft: Draft, node: Node, left: Value, right: Value) -> Signal:
    if isinstance(left, Signal) and isinstance(right, Signal):
        if left.shape != right.shape:
            raise ValueError(f"adds samples of shapes {left.shape} and {right.shape}")
        return signal_of(node.label, *left.branches, *right.branches)
    if isinstance(left, Signal):
        return _plus(left, per_sample(draft, _array(right), left.shape))
    assert isinstance(right, Signal)
    return _plus(right, per_sample(draft, _array(left), right.shape))


def _array(value: Value) -> NDArray[Any]:
    if not isinstance(value, np.ndarray):
        raise ValueError("lacks an input")
    return value


def _plus(signal: Signal, shift: Floats) -> Signal:
    """Return ``signal + shift``, as a bias of the weights just before it where it is one."""
    first = signal.branches[0]
    last = first.chain[-1] if first.chain else None
    by_channel = np.broadcast_to(shift, signal.shape).reshape(signal.shape[0], -1)
    alone = len(signal.branches) == 1 and not first.is_part
    if alone and isinstance(last, Affine | Conv2d) and (by_channel == by_channel[:, :1]).all():
        bias = by_channel[:, 0] if last.bias is None else last.bias + by_channel[:, 0]
        chain = (*first.chain[:-1], replace(last, bias=bias))
        return signal_of(signal.name, replace(first, chain=chain))
    return signal.plus(Shift(shift=shift)) if shift.any() else signal
