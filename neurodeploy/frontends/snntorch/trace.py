"""Trace one step of a module with torch.fx, and leave the module as it was."""

import inspect
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import snntorch
from torch import fx, nn

from neurodeploy.errors import InputError

_WHILE_TRACING = (fx.proxy.TraceError, TypeError, RuntimeError, ValueError, AttributeError)
_ONE_STEP = (
    "give it a method that computes one step from an input and its states, "
    "def step(self, x, mem): ...; return spk, mem, and name it with method='step' "
    "(--step-method step)"
)


class _Tracer(fx.Tracer):
    def __init__(self, method: str) -> None:
        super().__init__()
        self.traced_func_name = method

    def is_leaf_module(self, m: nn.Module, module_qualified_name: str) -> bool:
        """Look into the user's own modules and into containers only."""
        ours = isinstance(m, snntorch.SpikingNeuron) or type(m).__module__.startswith("snntorch.")
        return ours or super().is_leaf_module(m, module_qualified_name)


def traced(root: nn.Module, method: str) -> fx.Graph:
    """Return the graph of one call of `method`, in which no neuron is called twice.

    Raises
    ------
    InputError
        If there is no such method or it is not one step that can be traced (ND2201).
    """
    name = f"{type(root).__name__}.{method}"
    if not inspect.isfunction(getattr(type(root), method, None)):
        raise InputError("ND2201", f"{name} is no method; name the one that computes a step")
    try:
        graph = _Tracer(method).trace(root)
    except _WHILE_TRACING as error:
        first_line = (str(error).splitlines() or [type(error).__name__])[0].rstrip(".")
        raise InputError(
            "ND2201",
            f"{name} cannot be traced as a single step: {first_line}; it may hold no loop over "
            f"time and no branch on values: {_ONE_STEP}",
        ) from error
    again = _called_again(root, graph)
    if again:
        raise InputError(
            "ND2201",
            f"{name} calls {again}, and a neuron moves once a step; if it loops over time, "
            f"{_ONE_STEP}; if not, give each call a neuron of its own",
        )
    return graph


@contextmanager
def untouched(root: nn.Module) -> Iterator[None]:
    """Put back every attribute of `root` and its modules that tracing or their code sets."""
    before = [(_held(module), [dict(held) for held in _held(module)]) for module in root.modules()]
    try:
        yield
    finally:
        for held, copies in before:
            for now, then in zip(held, copies, strict=True):
                now.clear()
                now.update(then)


def _held(module: nn.Module) -> list[dict[str, Any]]:
    return [vars(module), module._buffers, module._modules]


def _called_again(root: nn.Module, graph: fx.Graph) -> str:
    """Return how often each neuron is called that is called more than once."""
    calls = Counter(str(node.target) for node in graph.nodes if node.op == "call_module")
    return ", ".join(
        f"{name!r} {n_times} times"
        for name, n_times in calls.items()
        if n_times > 1 and isinstance(root.get_submodule(name), snntorch.SpikingNeuron)
    )
