"""What lowering cannot take, each in a line that names the layer and the remedy."""

import numpy as np

from neurodeploy.model import (
    Input,
    Integrating,
    Max,
    Model,
    Neuron,
    Population,
    Projection,
    Relu,
    Spiking,
)
from neurodeploy.model.neuron import step_of
from neurodeploy.model.padding import padding_of


def problems_of(model: Model, coding: str) -> list[str]:
    """Return a line for each thing in `model` that has no integer form."""
    found: list[str] = []
    for population in model.populations:
        found.extend(_population_problems(model, population))
    for projection in model.projections:
        found.extend(_projection_problems(model, projection, coding))
    if coding != "injected":
        found.extend(
            f"input {node.name!r} holds values from {node.low:g} to {node.high:g} that are not "
            "integers; encode them as spikes, or compile with --input-coding injected"
            for node in model.inputs
            if node.low != int(node.low) or node.high != int(node.high)
        )
    return found


def _population_problems(model: Model, population: Population) -> list[str]:
    where = f"population {population.name!r}"
    neuron = population.neuron
    if isinstance(neuron, Relu):
        return [
            f"{where} is a ReLU of an artificial network; a chip needs spiking neurons: "
            "convert it first: neurodeploy convert"
        ]
    listeners = [p.name for p in model.projections if population.name in p.sources]
    if not isinstance(neuron, Spiking | Max) and listeners:
        return [
            f"{where} does not spike and feeds projection {listeners[0]!r}; "
            "only an output may be without spikes: put a spiking layer there"
        ]
    if isinstance(neuron, Max) and neuron.by_rate:
        return [
            f"{where} passes on the input of the highest rate so far, which needs a counter beside "
            "each synapse; no chip here has one: convert with --maxpool differences (the same "
            "maximum, of neurons), or, or average"
        ]
    if isinstance(neuron, Max) and not _takes_spikes_only(model, population):
        return [
            f"{where} takes a maximum over values that are not the spikes of one layer; only the "
            "OR of spikes has an integer form: pool after a spiking layer, or use average pooling"
        ]
    return _decay_problems(where, neuron, model.dt_s)


def _decay_problems(where: str, neuron: Neuron, dt_s: float) -> list[str]:
    """Return a line if a state would change its sign in each step."""
    if not isinstance(neuron, Integrating):
        return []
    step = step_of(neuron, dt_s)
    largest = max(float(np.max(step.leak_i)), float(np.max(step.leak_v)))
    if largest <= 1.0:
        return []
    return [
        f"{where} has a time constant of {dt_s / largest:g} s, below the step of {dt_s:g} s: its "
        f"state would decay by the factor {1 - largest:g}, a chip's is at least 0; raise it"
    ]


def _takes_spikes_only(model: Model, population: Population) -> bool:
    """Whether the spikes of one layer arrive; of several in one place, the maximum is no OR."""
    [projection, *others] = model.projections_to(population.name)
    source = model.node(projection.sources[0])
    padded = padding_of(projection.chain, source.shape) is not None
    return not others and len(projection.sources) == 1 and padded and _spikes(source)


def _spikes(node: Input | Population) -> bool:
    if isinstance(node, Input):
        return (node.low, node.high) == (0, 1)
    return isinstance(node.neuron, Spiking | Max)


def _projection_problems(model: Model, projection: Projection, coding: str) -> list[str]:
    inputs = {node.name for node in model.inputs} & set(projection.sources)
    if coding != "injected" or not inputs:
        return []
    if len(projection.sources) > 1 or projection.delay_steps:
        return [
            f"projection {projection.name!r} joins input {sorted(inputs)[0]!r} with other sources "
            "or a delay; the host can inject one input without delay: use --input-coding graded"
        ]
    if isinstance(model.population(projection.target).neuron, Max):
        return [
            f"projection {projection.name!r} pools the injected input by maximum; "
            "use --input-coding encoded"
        ]
    return []
