"""Relu, Clip and Softmax."""

import numpy as np

from neurodeploy.frontends.onnx.draft import Draft
from neurodeploy.frontends.onnx.nearest import INNER_SOFTMAX
from neurodeploy.frontends.onnx.node import Node
from neurodeploy.frontends.onnx.signal import Signal
from neurodeploy.model import Relu


def relu(draft: Draft, node: Node) -> Signal:
    """Return a Relu population."""
    return draft.add(node.label, node.signal(), Relu())


def clip(draft: Draft, node: Node) -> Signal:
    """Return a Relu population with a ceiling, from 0 to what is given."""
    low, high = _bound(node, 1, "min", -np.inf), _bound(node, 2, "max", np.inf)
    if low != 0 or not high > 0:
        raise ValueError(f"clips to {low:g}..{high:g}; only from 0, as a ReLU with a ceiling")
    ceiling = None if high >= np.finfo(np.float32).max else high
    return draft.add(node.label, node.signal(), Relu(ceiling=ceiling))


def softmax(draft: Draft, node: Node) -> Signal:
    """Return the values as they are, at the very end (``Softmax``, ``LogSoftmax``)."""
    signal = node.signal()
    rank = len(signal.shape) + 1
    axis = node.integer("axis", -1 if draft.opset >= 13 else 1)
    if not node.is_output or node.n_uses > 1 or rank != 2 or axis % rank != 1:
        raise ValueError(
            f"is read at the very end only, over the classes (batch, classes); {INNER_SOFTMAX}"
        )
    draft.history.append(f"{node.where} at the output dropped: same prediction")
    return signal


def _bound(node: Node, index: int, name: str, default: float) -> float:
    given = node.constant(index)
    return node.real(name, default) if given is None else float(given.item())
