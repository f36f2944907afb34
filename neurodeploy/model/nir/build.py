"""From a NIR file's nodes, chains and notes to the populations and projections of a Model."""

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, field, fields, replace

import numpy as np
from numpy.typing import NDArray

from neurodeploy.model.model import Input, Population, Projection
from neurodeploy.model.neuron import Linear, Parametric, Spiking
from neurodeploy.model.nir.conv import original_conv
from neurodeploy.model.nir.fields import FieldError
from neurodeploy.model.nir.findings import Code, Finding, Findings, found
from neurodeploy.model.nir.hdf5 import RawGraph, RawNode
from neurodeploy.model.nir.nodes import (
    NEURONS,
    OPERATORS,
    Assumed,
    NirOperator,
    delay_of,
    neuron_of,
    operator_of,
    shape_of,
)
from neurodeploy.model.nir.notes import Link, Notes, PopulationNotes, narrow
from neurodeploy.model.operator import Affine, Conv1d, Conv2d, Operator, Scale
from neurodeploy.terms import Reset

Floats = NDArray[np.float64]
Shape = tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Parts:
    """The file's nodes in our terms, by name; an output without a shape takes what it gets.

    `delays` are in seconds; `assumed` are the usual values taken for fields that nodes lack.
    """

    inputs: Mapping[str, Shape]
    outputs: Mapping[str, Shape | None]
    neurons: Mapping[str, Parametric]
    v_resets: Mapping[str, Floats]
    operators: Mapping[str, NirOperator]
    delays: Mapping[str, float]
    assumed: Mapping[str, Assumed]

    @property
    def biased(self) -> Set[str]:
        """The operators that deliver something without input."""
        return {
            name
            for name, operator in self.operators.items()
            if isinstance(operator, Affine | Conv1d | Conv2d)
            and operator.bias is not None
            and operator.bias.any()
        }


def parts_of(graph: RawGraph, notes: Notes | None) -> tuple[Parts, Findings]:
    """Return the nodes of `graph` in our terms, and a problem for each node that has none."""
    parts = _Draft()
    problems: list[Finding] = []
    for name, node in graph.nodes.items():
        try:
            _add_node(parts, node, notes)
        except FieldError as error:
            line = f"node {name!r} ({node.kind}): {error}"
            problems.append(found(error.code, name, line))
        except ValueError as error:
            problems.append(found(Code.FIELD, name, f"node {name!r} ({node.kind}): {error}"))
    return parts.parts(), (*problems, *_assumptions(parts.assumed))


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
    stateless: Iterable[str],
    notes: Notes | None,
    reset: Reset | None,
) -> tuple[Population, ...]:
    """Return the populations: neurons and stateless ones, with `reset` or what the notes say."""
    noted = {} if notes is None else {entry.name: entry for entry in notes.populations}
    present = {*parts.neurons, *stateless}
    names = _ranked([name for name in shapes if name in present], noted)
    return tuple(_population(parts, name, shapes[name], noted.get(name), reset) for name in names)


def projection_of(parts: Parts, link: Link, steps: Mapping[str, int]) -> Projection:
    """Return the projection that `link` describes; Delay nodes add their `steps`."""
    return Projection(
        name=link.name,
        sources=link.sources,
        target=link.target,
        chain=chain_of(parts, link),
        delay_steps=link.delay_steps + sum(steps.get(name, 0) for name in link.nodes),
    )


def chain_of(parts: Parts, link: Link) -> tuple[Operator, ...]:
    """Return the operators of `link`, which Delay nodes are not."""
    return tuple(parts.operators[name] for name in link.nodes if name in parts.operators)


def with_noted_scales(parts: Parts, notes: Notes | None) -> Parts:
    """Return the parts with scales of the shapes that they had before they were written.

    Raises
    ------
    ValueError
        If a scale is not constant along the axes that the notes leave out.
    """
    operators = dict(parts.operators)
    for name, shape in () if notes is None else notes.scales.items():
        scale = operators.get(name)
        if isinstance(scale, Scale):
            operators[name] = Scale(scale=narrow(scale.scale, shape))
    return replace(parts, operators=operators)


@dataclass(slots=True)
class _Draft:
    """Parts while they are collected."""

    inputs: dict[str, Shape] = field(default_factory=dict)
    outputs: dict[str, Shape | None] = field(default_factory=dict)
    neurons: dict[str, Parametric] = field(default_factory=dict)
    v_resets: dict[str, Floats] = field(default_factory=dict)
    operators: dict[str, NirOperator] = field(default_factory=dict)
    delays: dict[str, float] = field(default_factory=dict)
    assumed: dict[str, Assumed] = field(default_factory=dict)

    def parts(self) -> Parts:
        """Return what was collected."""
        return Parts(**{entry.name: getattr(self, entry.name) for entry in fields(self)})


def _add_node(parts: _Draft, node: RawNode, notes: Notes | None) -> None:
    name = node.name
    match node.kind:
        case "Input":
            parts.inputs[name] = shape_of(node)
        case "Output":
            parts.outputs[name] = shape_of(node) if node.fields else None
        case "Delay":
            parts.delays[name] = delay_of(node)
        case kind if kind in NEURONS:
            parts.neurons[name], parts.v_resets[name], parts.assumed[name] = neuron_of(node)
        case kind if kind in OPERATORS:
            operator, parts.assumed[name] = operator_of(node)
            parts.operators[name] = _noted(operator, name, notes)


def _noted(operator: NirOperator, name: str, notes: Notes | None) -> NirOperator:
    """Return the operator in the form it had before it was written."""
    if notes is None:
        return operator
    if name in notes.convolutions and isinstance(operator, Conv1d | Conv2d):
        return original_conv(operator, notes.convolutions[name])
    return operator


def _assumptions(assumed: Mapping[str, Assumed]) -> list[Finding]:
    """Return a line for each field that nodes lack, all of them in one."""
    lacking: dict[tuple[str, str], list[str]] = {}
    for name, usual in assumed.items():
        for key, value in usual.items():
            lacking.setdefault((key, value), []).append(name)
    return [
        found(
            Code.MISSING_FIELD,
            ", ".join(names),
            f"{key} of {', '.join(names)} is {value}: the file does not say",
        )
        for (key, value), names in lacking.items()
    ]


def _population(
    parts: Parts, name: str, shape: Shape, note: PopulationNotes | None, reset: Reset | None
) -> Population:
    neuron = parts.neurons.get(name, Linear())
    noted = None if note is None else note.reset
    population = Population(
        name=name,
        shape=shape,
        neuron=neuron,
        reset=(reset or noted if isinstance(neuron, Spiking) else noted) or Reset.ZERO,
        v_reset=parts.v_resets.get(name, np.zeros(())),
    )
    return population if note is None else note.applied_to(population)


def _ranked(names: Iterable[str], noted: Mapping[str, object]) -> list[str]:
    """Return `names` in the order of the notes, those that they do not know last."""
    order = {name: rank for rank, name in enumerate(noted)}
    return sorted(names, key=lambda name: order.get(name, len(order)))
