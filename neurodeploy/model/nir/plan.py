"""A Model as NIR nodes, edges and notes, before anything is written."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray

from neurodeploy.errors import InputError
from neurodeploy.model.model import Model, Output, Population, Projection
from neurodeploy.model.neuron import CubaLif, If, Li, Lif, Linear, Max, Relu
from neurodeploy.model.nir.conv import conv_notes, plain_conv
from neurodeploy.model.nir.hdf5 import RawGraph, RawNode
from neurodeploy.model.nir.notes import (
    VERSION,
    ConvNotes,
    Link,
    Notes,
    PopulationNotes,
    Reading,
    notes_text,
)
from neurodeploy.model.operator import (
    Affine,
    AvgPool2d,
    BatchNorm,
    Conv2d,
    Flatten,
    Operator,
    SumPool2d,
)

Shape = tuple[int, ...]


@dataclass(slots=True)
class _Draft:
    """What is collected while the model is walked through."""

    nodes: dict[str, RawNode] = field(default_factory=dict)
    convolutions: dict[str, ConvNotes] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    def add(self, name: str, kind: str, **fields: ArrayLike) -> None:
        """Take in a node; its name must be free and one that HDF5 can hold."""
        if name in self.nodes or "/" in name or name in ("", "."):
            self.problems.append(f"the name {name!r} is taken or no HDF5 name; rename it")
        arrays = {key: np.asarray(value, dtype=np.float64) for key, value in fields.items()}
        self.nodes[name] = RawNode(name=name, kind=kind, fields=arrays)


def plan_of(model: Model) -> tuple[RawGraph, tuple[str, ...]]:
    """Return the graph to write, and a line for each convolution that had to change its form.

    Raises
    ------
    InputError
        If NIR has no node for something in `model` (ND2105): all of it, by name.
    """
    draft = _Draft()
    for entry in model.inputs:
        draft.add(entry.name, "Input", shape=entry.shape)
    for population in model.populations:
        _add_population(draft, model, population)
    readings = tuple(_add_reading(draft, model, output) for output in model.outputs)
    links = tuple(_add_projection(draft, model, projection) for projection in model.projections)
    notes = Notes(
        version=VERSION,
        dt_s=model.dt_s,
        inputs=model.inputs,
        populations=tuple(PopulationNotes.of(population) for population in model.populations),
        links=links,
        readings=readings,
        convolutions=draft.convolutions,
        history=model.history,
    )
    draft.problems += _double_edges(notes)
    if draft.problems:
        raise InputError("ND2105", *draft.problems)
    edges = tuple(sorted(notes.edges))
    graph = RawGraph(nodes=draft.nodes, edges=edges, notes=notes_text(notes))
    return graph, tuple(_conv_line(name, entry) for name, entry in draft.convolutions.items())


def _add_population(draft: _Draft, model: Model, population: Population) -> None:
    name, neuron = population.name, population.neuron

    def full(value: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.broadcast_to(value, population.shape)

    match neuron:
        case If():
            fields = {"r": neuron.r, "v_threshold": neuron.v_threshold}
            kind, fields = "IF", {**fields, "v_reset": population.v_reset}
        case Lif():
            kind, fields = "LIF", {"tau": neuron.tau_s, "r": neuron.r, "v_leak": neuron.v_leak}
            fields |= {"v_threshold": neuron.v_threshold, "v_reset": population.v_reset}
        case CubaLif():
            kind, fields = "CubaLIF", {"tau_syn": neuron.tau_syn_s, "tau_mem": neuron.tau_mem_s}
            fields |= {"r": neuron.r, "w_in": neuron.w_in, "v_leak": neuron.v_leak}
            fields |= {"v_threshold": neuron.v_threshold, "v_reset": population.v_reset}
        case Li():
            kind, fields = "LI", {"tau": neuron.tau_s, "r": neuron.r, "v_leak": neuron.v_leak}
        case Linear():
            draft.problems += _terminal_problems(model, population)
            draft.add(name, "Output", shape=population.shape)
            return
        case Relu():
            draft.problems.append(
                f"population {name!r} is Relu: NIR holds no artificial network; convert it first"
            )
            return
        case Max():
            draft.problems.append(f"population {name!r} is Max: NIR has no maximum pooling")
            return
    draft.add(name, kind, **{key: full(value) for key, value in fields.items()})


def _terminal_problems(model: Model, population: Population) -> list[str]:
    name = population.name
    n_read = sum(output.population == name for output in model.outputs)
    followers = [p.name for p in model.projections if name in p.sources]
    if n_read == 1 and not followers:
        return []
    return [
        f"population {name!r} is Linear and feeds {', '.join(followers) or 'nothing'}; NIR has "
        "such a node only as an output"
    ]


def _add_reading(draft: _Draft, model: Model, output: Output) -> Reading:
    node = output.population
    if not isinstance(model.population(node).neuron, Linear):
        node = "output" if len(model.outputs) == 1 else f"output_{output.population}"
        node = _free(draft, node)
        draft.add(node, "Output", shape=model.population(output.population).shape)
    return Reading(
        node=node,
        population=output.population,
        readout=output.readout,
        first_step=output.first_step,
    )


def _add_projection(draft: _Draft, model: Model, projection: Projection) -> Link:
    """Add the operators; the last one with weights is named after the projection."""
    shape = model.node(projection.sources[0]).shape
    weighted = [i for i, op in enumerate(projection.chain) if isinstance(op, Affine | Conv2d)]
    main = weighted[-1] if weighted else len(projection.chain) - 1
    nodes = []
    for i, operator in enumerate(projection.chain):
        name = projection.name if i == main else f"{projection.name}.{i}"
        nodes.append(_free(draft, name))
        _add_operator(draft, nodes[-1], operator, shape)
        shape = operator.output_shape(shape)
    return Link(
        name=projection.name,
        sources=projection.sources,
        nodes=tuple(nodes),
        target=projection.target,
        delay_steps=projection.delay_steps,
    )


def _add_operator(draft: _Draft, name: str, operator: Operator, shape: Shape) -> None:
    match operator:
        case Affine():
            bias = {} if operator.bias is None else {"bias": operator.bias}
            draft.add(name, "Affine" if bias else "Linear", weight=operator.weight, **bias)
        case Conv2d():
            _add_conv(draft, name, operator, shape)
        case SumPool2d() | AvgPool2d():
            draft.add(
                name,
                type(operator).__name__,
                kernel_size=operator.kernel,
                stride=operator.stride,
                padding=operator.padding,
            )
        case Flatten():
            draft.add(name, "Flatten", start_dim=0, end_dim=-1, input_type=shape)
        case BatchNorm():
            draft.problems.append(f"{name!r} is BatchNorm, which NIR lacks; fold it first")
        case _:
            kind = type(operator).__name__
            draft.problems.append(f"{name!r} is {kind}, which is not written yet; fold it first")


def _add_conv(draft: _Draft, name: str, conv: Conv2d, shape: Shape) -> None:
    try:
        plain = plain_conv(conv)
    except ValueError as error:
        draft.problems.append(f"{name!r}: {error}")
        return
    if plain.weight.shape != conv.weight.shape:
        draft.convolutions[name] = conv_notes(conv)
    draft.add(
        name,
        "Conv2d",
        input_shape=shape[1:],
        weight=plain.weight,
        stride=plain.stride,
        padding=plain.padding,
        dilation=plain.dilation,
        groups=1,
        bias=np.zeros(len(plain.weight)) if plain.bias is None else plain.bias,
    )


def _double_edges(notes: Notes) -> list[str]:
    seen: dict[tuple[str, str], str] = {}
    problems = []
    for link in notes.links:
        for source in link.sources:
            edge = (source, (*link.nodes, link.target)[0])
            if edge in seen:
                problems.append(
                    f"{seen[edge]!r} and {link.name!r} are both the edge {edge[0]!r} -> "
                    f"{edge[1]!r}, which NIR holds once"
                )
            seen[edge] = link.name
    return problems


def _conv_line(name: str, notes: ConvNotes) -> str:
    return (
        f"convolution {name!r} ({notes.groups} groups, kernel {notes.kernel}) is written with one "
        "group and a square kernel, as nir reads no other"
    )


def _free(draft: _Draft, name: str) -> str:
    number = 1
    unique = name
    while unique in draft.nodes:
        unique, number = f"{name}_{number}", number + 1
    return unique
