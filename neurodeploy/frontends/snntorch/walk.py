"""Walk through a traced step, node by node, and collect populations and projections."""

from torch import fx

from neurodeploy.frontends.snntorch.calls import call_module
from neurodeploy.frontends.snntorch.draft import Draft
from neurodeploy.frontends.snntorch.functions import call_function
from neurodeploy.frontends.snntorch.signal import (
    Constant,
    Fired,
    Signal,
    State,
    Value,
    source_signal,
)
from neurodeploy.model import Linear, Output, Relu
from neurodeploy.terms import Readout


def visit(draft: Draft, node: fx.Node) -> None:
    """Take in one node of the traced step; the nodes before it must have been taken in."""
    if node.op == "output":
        _output(draft, node)
    else:
        draft.values[node] = _shared(draft, node, _value(draft, node))


def finish(draft: Draft) -> None:
    """Note what leads nowhere, once every node was taken in."""
    if draft.problems:
        return
    used = {s for p in draft.projections for s in p.sources if p.target != s}
    used |= {output.population for output in draft.outputs}
    draft.problems += [
        f"module {population.name!r}: its spikes go nowhere; remove it"
        for population in draft.populations
        if population.name not in used
    ]
    draft.problems += [
        f"the result of {node.target!r} goes nowhere; remove it"
        for node, value in draft.values.items()
        if isinstance(value, Signal) and value.has_weights and not node.users
    ]


def _value(draft: Draft, node: fx.Node) -> Value:
    first = not any(known.op == "placeholder" for known in draft.values)
    if node.op == "placeholder" and first:
        return source_signal(draft.input_name, draft.input_shape)
    if node.op == "placeholder":
        return State(of=str(node.target))
    if node.op == "get_attr":
        return _constant(draft, node)
    return call_module(draft, node) if node.op == "call_module" else call_function(draft, node)


def _constant(draft: Draft, node: fx.Node) -> Constant:
    owner, _, name = str(node.target).rpartition(".")
    return Constant(name=str(node.target), tensor=getattr(draft.root.get_submodule(owner), name))


def _shared(draft: Draft, node: fx.Node, value: Value) -> Value:
    """Return `value`; weights whose result is used twice become a Linear population."""
    if not isinstance(value, Signal) or not value.has_weights or _n_uses(node) < 2:
        return value
    return draft.add_linear(str(node.target) if node.op == "call_module" else node.name, value)


def _n_uses(node: fx.Node) -> int:
    """Return how often the values of `node` are taken; its shape does not count."""
    found: list[fx.Node] = []
    for user in node.users:
        if user.target not in ("size", getattr):
            fx.map_arg((user.args, user.kwargs), found.append)
    return sum(entry is node for entry in found)


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
    [source, *others] = signal.branches[0].sources
    silent = {p.name for p in draft.populations if isinstance(p.neuron, Linear | Relu)}
    if not signal.is_plain or others or source == draft.input_name:
        source = draft.add_linear(draft.output_name, signal).branches[0].sources[0]
        silent.add(source)
    readout = Readout.SUM if source in silent else Readout.COUNT
    draft.outputs.append(Output(population=source, readout=readout))
