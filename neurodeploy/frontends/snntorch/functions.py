"""Calls of functions and methods in a traced step: sums, factors, reshapes, stateless layers."""

import operator
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import fx, nn
from torch.nn import functional

from neurodeploy.frontends.snntorch.calls import apply
from neurodeploy.frontends.snntorch.concat import joined
from neurodeploy.frontends.snntorch.draft import Draft
from neurodeploy.frontends.snntorch.parameters import fitted
from neurodeploy.frontends.snntorch.reshape import flatten, reshape
from neurodeploy.frontends.snntorch.signal import (
    BatchSize,
    Constant,
    Fired,
    Signal,
    Sizes,
    State,
    Value,
)
from neurodeploy.model import Scale

_LAYERS: Mapping[Any, Callable[..., nn.Module]] = MappingProxyType(
    {
        functional.adaptive_avg_pool2d: nn.AdaptiveAvgPool2d,
        functional.avg_pool2d: nn.AvgPool2d,
        functional.dropout: nn.Dropout,
        functional.max_pool2d: nn.MaxPool2d,
        functional.relu: nn.ReLU,
        functional.relu6: nn.ReLU6,
        torch.relu: nn.ReLU,
        "relu": nn.ReLU,
    }
)
"""Functions that are a module's forward; their arguments are its, but for `training`."""

_ADD = (operator.add, torch.add, "add", operator.iadd, "add_")
_MULTIPLY = (operator.mul, torch.mul, "mul", operator.imul)
_RESHAPE = ("view", "reshape", torch.reshape)
_FLATTEN = ("flatten", torch.flatten)


def call_function(draft: Draft, node: fx.Node) -> Value:
    """Take in the call of a function or of a tensor's method."""
    name = getattr(node.target, "__name__", str(node.target))
    name = "max_pool2d" if node.target is functional.max_pool2d else name  # torch calls it fn
    where = f"the operation {name!r} ({node.name})"
    if any(draft.values[source] is None for source in node.all_input_nodes):
        return None
    try:
        return _called(draft, node, where)
    except ValueError as error:
        draft.problems += [f"{where} {problem}" for problem in error.args]
        return None


def _called(draft: Draft, node: fx.Node, where: str) -> Value:
    target = node.target
    values = [_value(draft, argument) for argument in node.args]
    if not values:
        raise ValueError("takes its tensors by keyword; pass them by position")
    if target is operator.getitem:
        return _item(values[0], values[1])
    if target in ("size", getattr) and isinstance(values[0], Signal | Fired):
        return _sizes(values)
    if target in _MULTIPLY and all(isinstance(value, int) for value in values):
        return int(np.prod(values))
    if target in _ADD and not node.kwargs:
        return _sum(draft, node, values, where)
    if target in _MULTIPLY:
        return _product(draft, node, values, where)
    if target in _RESHAPE:
        return _reshaped(draft, node, values, where)
    if target in _FLATTEN:
        return _flattened(draft, node, where)
    if target in (torch.cat, torch.concat):
        return joined(draft, node, where)
    if target in _LAYERS:
        return _layer(draft, node, where)
    raise ValueError(
        "cannot be exported; use modules, sums, constant factors, torch.cat and torch.flatten"
    )


def _value(draft: Draft, argument: Any) -> Any:
    return draft.values[argument] if isinstance(argument, fx.Node) else argument


def _item(value: Any, index: Any) -> Value:
    if isinstance(value, Fired):
        [source] = value.spikes.branches[0].sources
        return value.spikes if index == 0 else State(of=source)
    if isinstance(value, Sizes) and isinstance(index, int):
        n_axes = len(value.shape) + 1
        if -n_axes <= index < n_axes:
            return BatchSize() if index % n_axes == 0 else value.shape[index % n_axes - 1]
    raise ValueError("cuts out a part, which cannot be exported")


def _sizes(values: list[Any]) -> Value:
    signal = values[0].spikes if isinstance(values[0], Fired) else values[0]
    sizes = Sizes(shape=signal.shape)
    if len(values) == 1 or values[1] == "shape":
        return sizes
    return _item(sizes, values[1])


def _sum(draft: Draft, node: fx.Node, values: list[Any], where: str) -> Signal | None:
    """Return the sum of two signals, or of one and a constant."""
    both = [isinstance(value, Signal | Fired | State) for value in values]
    if all(both):
        signals = [draft.signal(source, where) for source in node.args]
        if signals[0] is None or signals[1] is None:
            return None
        if signals[0].shape != signals[1].shape:
            raise ValueError(f"adds values of shapes {signals[0].shape} and {signals[1].shape}")
        return signals[0].plus(signals[1])
    at = both.index(True) if any(both) else 0
    signal = draft.signal(node.args[at], where)
    if signal is None:
        return None
    return draft.plus(signal, _constant(values[1 - at], signal.shape), node.name)


def _product(draft: Draft, node: fx.Node, values: list[Any], where: str) -> Signal | None:
    """Return a signal times a constant."""
    both = [isinstance(value, Signal | Fired | State) for value in values]
    if all(both):
        raise ValueError("multiplies two signals, which cannot be exported; add them")
    at = both.index(True) if any(both) else 0
    signal = draft.signal(node.args[at], where)
    if signal is None:
        return None
    scale = Scale(scale=_constant(values[1 - at], signal.shape))
    return draft.through(signal, (scale,), node.name)


def _constant(value: Any, shape: tuple[int, ...]) -> NDArray[np.float64]:
    if isinstance(value, Constant):
        return fitted(value.name, value.tensor, shape)
    if isinstance(value, int | float):
        return np.asarray(np.float32(value), np.float64)
    raise ValueError("takes something else than a signal and a constant")


def _reshaped(draft: Draft, node: fx.Node, values: list[Any], where: str) -> Signal | None:
    signal = draft.signal(node.args[0], where)
    if signal is None:
        return None
    single = len(values) == 2 and isinstance(values[1], tuple | list)
    sizes = [_value(draft, size) for size in values[1]] if single else values[1:]
    return draft.through(signal, reshape(tuple(sizes), signal.shape), node.name)


def _flattened(draft: Draft, node: fx.Node, where: str) -> Signal | None:
    signal = draft.signal(node.args[0], where)
    positional = dict(zip(("start_dim", "end_dim"), node.args[1:], strict=False))
    axes = {"start_dim": 0, "end_dim": -1, **positional, **node.kwargs}
    start, end = axes["start_dim"], axes["end_dim"]
    if not isinstance(start, int) or not isinstance(end, int):
        raise ValueError("flattens axes that are no plain numbers; write them out")
    if signal is None:
        return None
    return draft.through(signal, flatten(start, end, signal.shape), node.name)


def _layer(draft: Draft, node: fx.Node, where: str) -> Signal | None:
    """Return what the module of the same name gives."""
    signal = draft.signal(node.args[0], where)
    options = {key: value for key, value in node.kwargs.items() if key != "training"}
    make = _LAYERS[node.target]
    layer = nn.Dropout() if make is nn.Dropout else make(*node.args[1:], **options)
    return apply(draft, layer, signal, node.name)
