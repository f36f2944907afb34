"""The shapes of a file's populations: what reaches them decides."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from graphlib import TopologicalSorter

import numpy as np

from neurodeploy.model.neuron import CubaLif, If, Lif
from neurodeploy.model.nir.build import Parts
from neurodeploy.model.nir.fields import MAX_SIZE
from neurodeploy.model.nir.findings import Code, Finding, Findings, found
from neurodeploy.model.nir.loops import closing_edges
from neurodeploy.model.nir.notes import Link
from neurodeploy.model.nir.structure import Structure
from neurodeploy.model.operator import Scale

Shape = tuple[int, ...]


@dataclass(slots=True)
class _Shapes:
    """Shapes found so far; None where something before it did not fit."""

    parts: Parts
    known: dict[str, Shape | None]
    findings: list[Finding] = field(default_factory=list)
    broadcast: list[str] = field(default_factory=list)

    def refuse(self, name: str, line: str) -> None:
        """Note that the shape at node `name` cannot be told."""
        self.findings.append(found(Code.SHAPE, name, line))


def shapes_of(parts: Parts, structure: Structure) -> tuple[dict[str, Shape], Findings]:
    """Return the shape of each input and population, in the order in which values reach them.

    A neuron's parameters are per neuron, but broadcast to what reaches it where they are fewer.
    The findings say so, and where an operator does not take what reaches it.
    """
    shapes = _Shapes(parts, dict(parts.inputs))
    entering = _entering(parts, structure)
    before = {name: [s for link in into for s in link.sources] for name, into in entering.items()}
    for name in TopologicalSorter(before).static_order():
        if name not in shapes.known:
            arriving = [_delivered(shapes, link) for link in entering.get(name, ())]
            shapes.known[name] = _population_shape(shapes, name, arriving)
    for reading in structure.readings:
        _check_output(shapes, reading.node, shapes.known.get(reading.population))
    if shapes.broadcast:
        names = ", ".join(dict.fromkeys(shapes.broadcast))
        line = f"parameters of {names} are broadcast to the shape of what they meet"
        shapes.findings.append(found(Code.BROADCAST, names, line))
    known = {name: shape for name, shape in shapes.known.items() if shape is not None}
    return known, tuple(shapes.findings)


def _entering(parts: Parts, structure: Structure) -> Mapping[str, list[Link]]:
    """Return the links into each population, without those that close a loop."""
    names = [*parts.neurons, *structure.joins]
    names += [r.node for r in structure.readings if r.node == r.population]
    closing = closing_edges([*parts.inputs, *names], structure.links)
    entering: dict[str, list[Link]] = {name: [] for name in names}
    for link in structure.links:
        if not any((source, link.target) in closing for source in link.sources):
            entering[link.target].append(link)
    return entering


def _delivered(shapes: _Shapes, link: Link) -> Shape | None:
    shape = shapes.known[link.sources[0]]
    for name in link.nodes:
        operator = shapes.parts.operators.get(name)
        if operator is None or shape is None:
            continue
        if isinstance(operator, Scale) and operator.scale.shape != shape:
            shapes.broadcast.append(name)
        try:
            shape = operator.output_shape(shape)
        except ValueError as error:
            shapes.refuse(name, f"node {name!r}: {error}")
            return None
    return shape


def _population_shape(shapes: _Shapes, name: str, arriving: Iterable[Shape | None]) -> Shape | None:
    first = next((shape for shape in arriving if shape is not None), None)
    shape = _neuron_shape(shapes, name, first) if name in shapes.parts.neurons else first
    if shape is None and first is None and name in shapes.parts.operators:
        shape = _scale_shape(shapes, name)
    if shape is not None and np.prod(shape, dtype=float) > MAX_SIZE:
        shapes.refuse(name, f"node {name!r}: shape {shape} has more than {MAX_SIZE} values")
        return None
    return shape


def _neuron_shape(shapes: _Shapes, name: str, arriving: Shape | None) -> Shape | None:
    given = _parameter_shapes(shapes.parts, name)
    try:
        own = np.broadcast_shapes(*given)
    except ValueError:
        shapes.refuse(name, f"node {name!r}: parameters of different shapes")
        return None
    shape = own if arriving is None else arriving
    if not _fits(own, shape):
        shapes.refuse(name, f"node {name!r} has parameters for {own} neurons, it gets {shape}")
        return None
    if any(each != shape for each in given):
        shapes.broadcast.append(name)
    return shape


def _parameter_shapes(parts: Parts, name: str) -> list[Shape]:
    """Return the shapes of the parameters that the file gives."""
    neuron = parts.neurons[name]
    arrays = {
        entry.name.removesuffix("_s"): getattr(neuron, entry.name) for entry in fields(neuron)
    }
    arrays["v_reset"] = parts.v_resets[name]
    usual = {*parts.assumed[name]} if isinstance(neuron, If | Lif | CubaLif) else {"v_reset"}
    return [array.shape for key, array in arrays.items() if key not in usual]


def _scale_shape(shapes: _Shapes, name: str) -> Shape | None:
    """Return the shape of a join that nothing enters, by the Scale it is written as."""
    operator = shapes.parts.operators[name]
    return operator.scale.shape if isinstance(operator, Scale) else None


def _check_output(shapes: _Shapes, name: str, shape: Shape | None) -> None:
    declared = shapes.parts.outputs[name]
    if declared is None or shape is None or declared == shape:
        return
    line = f"output {name!r} is declared as {declared}, it gets {shape}"
    if np.prod(declared) == np.prod(shape):
        shapes.findings.append(found(Code.OUTPUT_AXES, name, line))
    else:
        shapes.refuse(name, line)


def _fits(own: Shape, shape: Shape) -> bool:
    try:
        return np.broadcast_shapes(own, shape) == shape
    except ValueError:
        return False
