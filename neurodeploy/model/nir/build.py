"""From a NIR file's nodes, chains and notes to the populations and projections of a Model."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from graphlib import TopologicalSorter

import numpy as np
from numpy.typing import NDArray

from neurodeploy.model.exact import factor_of
from neurodeploy.model.model import Input, Population, Projection
from neurodeploy.model.neuron import If, Li, Linear
from neurodeploy.model.nir.conv import original_conv
from neurodeploy.model.nir.hdf5 import RawGraph, RawNode
from neurodeploy.model.nir.nodes import (
    NEURONS,
    NirNeuron,
    NirOperator,
    neuron_of,
    operator_of,
    shape_of,
    v_reset_of,
)
from neurodeploy.model.nir.notes import Link, Notes, PopulationNotes
from neurodeploy.model.operator import Conv2d
from neurodeploy.terms import Reset

Floats = NDArray[np.float64]
Shape = tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Parts:
    """The file's nodes in our terms, by name; an output without a shape takes what it gets."""

    inputs: Mapping[str, Shape]
    outputs: Mapping[str, Shape | None]
    neurons: Mapping[str, NirNeuron]
    v_resets: Mapping[str, Floats]
    operators: Mapping[str, NirOperator]


def parts_of(graph: RawGraph, notes: Notes | None) -> tuple[Parts, list[str]]:
    """Return the nodes of `graph` in our terms, and a line for each node that has none."""
    inputs: dict[str, Shape] = {}
    outputs: dict[str, Shape | None] = {}
    neurons: dict[str, NirNeuron] = {}
    v_resets: dict[str, Floats] = {}
    operators: dict[str, NirOperator] = {}
    problems = []
    for name, node in graph.nodes.items():
        try:
            if node.kind == "Input":
                inputs[name] = shape_of(node)
            elif node.kind == "Output":
                outputs[name] = shape_of(node) if node.fields else None
            elif node.kind in NEURONS:
                neurons[name], v_resets[name] = neuron_of(node), v_reset_of(node)
            else:
                operators[name] = _operator(node, notes)
        except ValueError as error:
            problems.append(f"node {name!r} ({node.kind}): {error}")
    parts = Parts(
        inputs=inputs, outputs=outputs, neurons=neurons, v_resets=v_resets, operators=operators
    )
    return parts, problems


def shapes_of(parts: Parts, links: tuple[Link, ...]) -> dict[str, Shape]:
    """Return the shape of each input and population, in the order in which values reach them.

    A neuron's parameters are per neuron, but broadcast to what reaches it where they are fewer.

    Raises
    ------
    ValueError
        If an operator does not take what reaches it.
    """
    entering: dict[str, list[Link]] = {name: [] for name in (*parts.neurons, *parts.outputs)}
    for link in links:
        if not link.delay_steps:
            entering[link.target].append(link)
    before = {name: [s for link in into for s in link.sources] for name, into in entering.items()}
    shapes = dict(parts.inputs)
    for name in TopologicalSorter(before).static_order():
        if name not in shapes:
            arriving = [_delivered(parts, link, shapes) for link in entering[name]]
            shapes[name] = _population_shape(parts, name, arriving)
    return shapes


def inputs_of(parts: Parts, notes: Notes | None) -> tuple[Input, ...]:
    """Return the inputs, with the ranges that the notes declare for them."""
    noted = {} if notes is None else {entry.name: entry for entry in notes.inputs}
    ranked = _ranked(parts.inputs, noted)
    return tuple(
        replace(noted[name], shape=parts.inputs[name])
        if name in noted
        else Input(name=name, shape=parts.inputs[name])
        for name in ranked
    )


def populations_of(
    parts: Parts,
    shapes: Mapping[str, Shape],
    terminals: tuple[str, ...],
    notes: Notes | None,
    reset: Reset | None,
) -> tuple[Population, ...]:
    """Return the populations: neurons and terminals, with `reset` or else what the notes say."""
    noted = {} if notes is None else {entry.name: entry for entry in notes.populations}
    present = {*parts.neurons, *terminals}
    names = _ranked([name for name in shapes if name in present], noted)
    return tuple(_population(parts, name, shapes[name], noted.get(name), reset) for name in names)


def projection_of(parts: Parts, link: Link) -> Projection:
    """Return the projection that `link` describes."""
    return Projection(
        name=link.name,
        sources=link.sources,
        target=link.target,
        chain=tuple(parts.operators[name] for name in link.nodes),
        delay_steps=link.delay_steps,
    )


def with_unit_gain(parts: Parts, dt_s: float) -> Parts:
    """Return the parts with every IF's r divided by dt, so that ``v += dt r x`` is ``v += r x``."""
    neurons = {
        name: If(r=factor_of(neuron.r, dt_s), v_threshold=neuron.v_threshold)
        if isinstance(neuron, If)
        else neuron
        for name, neuron in parts.neurons.items()
    }
    return replace(parts, neurons=neurons)


def _operator(node: RawNode, notes: Notes | None) -> NirOperator:
    operator = operator_of(node)
    if notes is not None and node.name in notes.convolutions and isinstance(operator, Conv2d):
        return original_conv(operator, notes.convolutions[node.name])
    return operator


def _delivered(parts: Parts, link: Link, shapes: Mapping[str, Shape]) -> Shape:
    shape = shapes[link.sources[0]]
    for name in link.nodes:
        try:
            shape = parts.operators[name].output_shape(shape)
        except ValueError as error:
            raise ValueError(f"node {name!r}: {error}") from error
    return shape


def _population_shape(parts: Parts, name: str, arriving: list[Shape]) -> Shape:
    if name in parts.neurons:
        neuron = parts.neurons[name]
        arrays = [getattr(neuron, entry.name) for entry in fields(neuron)]
        try:
            own = np.broadcast_shapes(parts.v_resets[name].shape, *(a.shape for a in arrays))
        except ValueError as error:
            raise ValueError(f"node {name!r}: parameters of different shapes") from error
        return arriving[0] if arriving and _fits(own, arriving[0]) else own
    declared = parts.outputs[name]
    shape = arriving[0] if arriving else declared or ()
    if declared is not None and np.prod(declared) != np.prod(shape):
        raise ValueError(f"output {name!r} is declared as {declared}, it gets {shape}")
    return shape


def _fits(own: Shape, shape: Shape) -> bool:
    try:
        return np.broadcast_shapes(own, shape) == shape
    except ValueError:
        return False


def _population(
    parts: Parts, name: str, shape: Shape, note: PopulationNotes | None, reset: Reset | None
) -> Population:
    neuron = parts.neurons.get(name, Linear())
    silent = isinstance(neuron, Linear | Li)
    noted = None if note is None else note.reset
    population = Population(
        name=name,
        shape=shape,
        neuron=neuron,
        reset=(noted if silent else reset or noted) or Reset.ZERO,
        v_reset=parts.v_resets.get(name, np.zeros(())),
    )
    return population if note is None else note.applied_to(population)


def _ranked(names: Iterable[str], noted: Mapping[str, object]) -> list[str]:
    """Return `names` in the order of the notes, those that they do not know last."""
    order = {name: rank for rank, name in enumerate(noted)}
    return sorted(names, key=lambda name: order.get(name, len(order)))
