"""Walk through a traced step, node by node, and collect populations and projections."""

import operator
from dataclasses import dataclass, field, replace

import torch
from torch import fx, nn

from neurodeploy.frontends.snntorch.layers import DROPPED, flatten, operators_of
from neurodeploy.frontends.snntorch.neurons import check_options, is_neuron, population_of
from neurodeploy.model import (
    Affine,
    Conv2d,
    Linear,
    Operator,
    Output,
    Population,
    Projection,
)
from neurodeploy.terms import Readout

Shape = tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Signal:
    """Values on their way from `source` through the operators of the modules in `via`."""

    source: str
    shape: Shape
    chain: tuple[Operator, ...] = ()
    via: tuple[tuple[str, Operator], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Fired:
    """What a neuron returns: spikes, or spikes and then its states."""

    spikes: Signal


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """A membrane voltage or a current, which may only go back into a neuron or out."""

    of: str


Value = Signal | Fired | State | None
"""None is what could not be made out; its own problem is noted already."""


@dataclass(slots=True, kw_only=True)
class Draft:
    """What is collected on the way."""

    root: nn.Module
    dt_s: float
    input_shape: Shape
    values: dict[fx.Node, Value] = field(default_factory=dict)
    called: set[str] = field(default_factory=set)
    populations: list[Population] = field(default_factory=list)
    projections: list[Projection] = field(default_factory=list)
    outputs: list[Output] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    @property
    def input_name(self) -> str:
        """Name of the input: ``input``, unless a module has it."""
        return self.free_name("input")

    def free_name(self, name: str) -> str:
        """Return `name`, with underscores until no module is called so."""
        taken = {taken for taken, _ in self.root.named_modules()}
        while name in taken:
            name += "_"
        return name


def visit(draft: Draft, node: fx.Node) -> None:
    """Take in one node of the traced step; the nodes before it must have been taken in."""
    first = not any(known.op == "placeholder" for known in draft.values)
    if node.op == "placeholder" and first:
        draft.values[node] = Signal(source=draft.input_name, shape=draft.input_shape)
    elif node.op in ("placeholder", "get_attr"):
        draft.values[node] = State(of=str(node.target))
    elif node.op == "call_module":
        draft.values[node] = _call_module(draft, node)
    elif node.op == "output":
        _output(draft, node)
    else:
        draft.values[node] = _call_function(draft, node)


def finish(draft: Draft) -> None:
    """Note what leads nowhere, once every node was taken in."""
    if draft.problems:
        return
    used = {source for projection in draft.projections for source in projection.sources}
    used |= {output.population for output in draft.outputs}
    draft.problems += [
        f"module {population.name!r}: its spikes go nowhere; remove it"
        for population in draft.populations
        if population.name not in used
    ]


def _call_module(draft: Draft, node: fx.Node) -> Value:
    name = str(node.target)
    module = draft.root.get_submodule(name)
    where = f"module {name!r} ({type(module).__name__})"
    if name in draft.called and not isinstance(module, (*DROPPED, nn.Flatten)):
        draft.problems.append(f"{where} is called again; forward must be one step, without loops")
        return None
    draft.called.add(name)
    if module._forward_hooks or module._forward_pre_hooks:
        draft.problems.append(f"{where} has hooks, which cannot be exported; remove them")
    signal = _signal(draft, node, where)
    try:
        if is_neuron(module):
            _check_states(draft, node, where)
            check_options(module)
            return None if signal is None else _add_neuron(draft, name, module, signal)
        operators = operators_of(module, () if signal is None else signal.shape)
        return None if signal is None else _through(signal, operators, name)
    except ValueError as error:
        draft.problems += [f"{where} {problem}" for problem in error.args]
        return None


def _signal(draft: Draft, node: fx.Node, where: str) -> Signal | None:
    """Return what enters `node`, or None with the reason noted."""
    source = node.args[0] if node.args else None
    value = draft.values[source] if isinstance(source, fx.Node) else None
    if isinstance(value, State):
        draft.problems.append(f"{where} takes the state {value.of!r}; only spikes go on")
        return None
    signal = value.spikes if isinstance(value, Fired) else value
    if signal is not None and signal.chain and isinstance(source, fx.Node):
        others = [user.name for user in source.users if user is not node]
        if others:
            draft.problems.append(
                f"{where} shares the value {source.name!r} with {', '.join(others)}; give each a "
                "layer of its own"
            )
    return signal


def _check_states(draft: Draft, node: fx.Node, where: str) -> None:
    """Note each state of a neuron that does not come from the step before."""
    for source in (*node.args[1:], *node.kwargs.values()):
        if not isinstance(source, fx.Node):
            continue
        earlier = source.op in ("placeholder", "get_attr")
        if not earlier or not isinstance(draft.values[source], State):
            draft.problems.append(
                f"{where} takes {source.name!r} as its state; pass on the state of the step before"
            )


def _through(signal: Signal, operators: tuple[Operator, ...], name: str) -> Signal:
    shape = signal.shape
    for entry in operators:
        try:
            shape = entry.output_shape(shape)
        except ValueError as error:
            raise ValueError(f"does not fit: {error}") from error
    via = tuple((name, entry) for entry in operators)
    return replace(signal, shape=shape, chain=(*signal.chain, *operators), via=(*signal.via, *via))


def _add_neuron(draft: Draft, name: str, module: nn.Module, signal: Signal) -> Fired:
    draft.populations.append(population_of(name, module, signal.shape, draft.dt_s))
    _add_projection(draft, signal, name)
    return Fired(spikes=Signal(source=name, shape=signal.shape))


def _add_projection(draft: Draft, signal: Signal, target: str) -> None:
    """Join `signal` to `target`, under the name of the last module with weights."""
    weighted = [name for name, entry in signal.via if isinstance(entry, Affine | Conv2d)]
    passed = weighted or [name for name, _ in signal.via]
    name = passed[-1] if passed else f"{signal.source}->{target}"
    draft.projections.append(
        Projection(name=name, sources=(signal.source,), target=target, chain=signal.chain)
    )


def _call_function(draft: Draft, node: fx.Node) -> Value:
    source = node.args[0] if node.args else None
    value = draft.values.get(source) if isinstance(source, fx.Node) else None
    name = getattr(node.target, "__name__", str(node.target))
    if node.target is operator.getitem and isinstance(value, Fired):
        return value.spikes if node.args[1] == 0 else State(of=value.spikes.source)
    if node.target is operator.getitem and value is None and source in draft.values:
        return None
    if node.target is torch.flatten or node.target == "flatten":
        return _flatten(draft, node, f"the operation {name!r} ({node.name})")
    draft.problems.append(
        f"the operation {name!r} ({node.name}) cannot be exported; use modules, and torch.flatten"
    )
    return None


def _flatten(draft: Draft, node: fx.Node, where: str) -> Signal | None:
    signal = _signal(draft, node, where)
    positional = dict(zip(("start_dim", "end_dim"), node.args[1:], strict=False))
    axes = {"start_dim": 0, "end_dim": -1, **positional, **node.kwargs}
    start, end = axes["start_dim"], axes["end_dim"]
    if signal is None or not isinstance(start, int) or not isinstance(end, int):
        return None
    try:
        return _through(signal, flatten(start, end, signal.shape), node.name)
    except ValueError as error:
        draft.problems += [f"{where} {problem}" for problem in error.args]
        return None


def _output(draft: Draft, node: fx.Node) -> None:
    values = {source.name: draft.values[source] for source in node.all_input_nodes}
    signals = {
        name: value.spikes if isinstance(value, Fired) else value
        for name, value in values.items()
        if isinstance(value, Signal | Fired)
    }
    if len(signals) == 1:
        _read(draft, *signals.values())
    elif signals:
        draft.problems.append(f"forward returns {', '.join(signals)}; return one of them")
    elif None not in values.values():
        draft.problems.append("forward returns no spikes and no layer's result; return spk, mem")


def _read(draft: Draft, signal: Signal) -> None:
    if not signal.chain and signal.source != draft.input_name:
        draft.outputs.append(Output(population=signal.source, readout=Readout.COUNT))
        return
    name = draft.free_name("output")
    draft.populations.append(Population(name=name, shape=signal.shape, neuron=Linear()))
    _add_projection(draft, signal, name)
    draft.outputs.append(Output(population=name, readout=Readout.SUM))
