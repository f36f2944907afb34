"""Calls of modules in a traced step: neurons, rectifiers and pools, operators."""

import snntorch
from torch import fx, nn

from neurodeploy.frontends.snntorch.draft import Draft, pooled_shape
from neurodeploy.frontends.snntorch.layers import max_of, operators_of, relu_of
from neurodeploy.frontends.snntorch.neurons import (
    RECURRENT,
    REFUSED,
    is_neuron,
    population_of,
    recurrence_of,
)
from neurodeploy.frontends.snntorch.options import check_options
from neurodeploy.frontends.snntorch.signal import Branch, Constant, Fired, Signal, State, Value
from neurodeploy.model import Population


def call_module(draft: Draft, node: fx.Node) -> Value:
    """Take in the call of a module."""
    name = str(node.target)
    module = draft.root.get_submodule(name)
    where = f"module {name!r} ({type(module).__name__})"
    if module._forward_hooks or module._forward_pre_hooks:
        draft.problems.append(f"{where} has hooks, which cannot be exported; remove them")
    source = node.args[0] if node.args else node.kwargs.get("input_", node.kwargs.get("input"))
    signal = draft.signal(source, where)
    try:
        if is_neuron(module):
            _check_states(draft, node, where)
            check_options(module)
            return None if signal is None else _neuron(draft, name, module, signal)
        return apply(draft, module, signal, name)
    except ValueError as error:
        draft.problems += [f"{where} {problem}" for problem in error.args]
        return None


def apply(draft: Draft, module: nn.Module, signal: Signal | None, name: str) -> Signal | None:
    """Return `signal` after a stateless `module`, or None if there is no signal.

    Raises
    ------
    ValueError
        If the module cannot be exported: why, and what to do.
    """
    if isinstance(module, snntorch.SpikingNeuron):
        other = (
            "is no neuron that can be exported; use Leaky, Synaptic, RLeaky, RSynaptic, Lapicque"
        )
        raise ValueError(REFUSED.get(type(module).__name__, other))
    if isinstance(module, nn.ReLU | nn.ReLU6):
        return _rectified(draft, module, signal, name)
    if isinstance(module, nn.MaxPool2d):
        return _pooled(draft, module, signal, name)
    if signal is not None:
        return draft.through(signal, operators_of(module, signal.shape), name)
    if not isinstance(module, nn.AdaptiveAvgPool2d | nn.Flatten):
        operators_of(module, ())  # for what it says of the module
    return None


def _neuron(draft: Draft, name: str, module: nn.Module, signal: Signal) -> Fired | Signal:
    population = population_of(name, module, signal.shape, draft.dt_s)
    recurrence = recurrence_of(module, signal.shape) if type(module) in RECURRENT else None
    spikes = draft.add(population, signal)
    if recurrence is not None:
        back = Branch(sources=(name,), chain=recurrence, via=f"{name}.recurrent")
        draft.project(back, name, delay_steps=1)
    alone = module.init_hidden and not module.output
    return spikes if alone else Fired(spikes=spikes)


def _check_states(draft: Draft, node: fx.Node, where: str) -> None:
    """Note each state of a neuron that does not come from the step before, and from it alone."""
    states = (*node.args[1:], *(v for k, v in node.kwargs.items() if k != "input_"))
    for source in (state for state in states if isinstance(state, fx.Node)):
        value = draft.values[source]
        if isinstance(value, Constant):
            if bool((value.tensor != 0).any()):
                draft.problems.append(
                    f"{where} starts each step from the constant {value.name!r}, which is not "
                    "zero; pass on the state of the step before"
                )
        elif source.op != "placeholder" or not isinstance(value, State):
            draft.problems.append(
                f"{where} takes {source.name!r} as its state; pass on the state of the step before"
            )
        elif source in draft.owners:
            draft.problems.append(
                f"{where} takes the state {value.of!r}, which {draft.owners[source]} takes too; "
                "give each a state of its own"
            )
        draft.owners.setdefault(source, where)


def _rectified(
    draft: Draft, module: nn.ReLU | nn.ReLU6, signal: Signal | None, name: str
) -> Signal | None:
    if draft.spiking:
        raise ValueError(
            "is a rectifier in a spiking network; put a neuron in its place, or rectify everywhere "
            "and convert the whole network"
        )
    if signal is None:
        return None
    neuron = relu_of(module)
    return draft.add(
        Population(name=draft.new_name(name), shape=signal.shape, neuron=neuron), signal
    )


def _pooled(draft: Draft, module: nn.MaxPool2d, signal: Signal | None, name: str) -> Signal | None:
    if signal is None:
        max_of(module, (1, 1, 1))  # for what it says of the module
        return None
    if draft.spiking and not draft.is_spikes(signal):
        raise ValueError(
            "takes the maximum of values that are not the spikes of one layer; only the OR of "
            "spikes can be exported: pool after the neuron, or use AvgPool2d"
        )
    around, neuron = max_of(module, signal.shape)
    if around and not draft.spiking and not draft.is_rectified(signal):
        raise ValueError("pads values that may be negative; pool right after a ReLU")
    try:
        population = Population(
            name=draft.new_name(name), shape=pooled_shape(neuron), neuron=neuron
        )
    except ValueError as error:
        raise ValueError(f"does not fit: {error}") from error
    return draft.add(population, draft.through(signal, around, name))
