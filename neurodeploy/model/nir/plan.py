"""A Model as NIR nodes, edges and notes, before anything is written."""

from collections.abc import Set

import numpy as np

from neurodeploy.errors import InputError
from neurodeploy.model.model import Model, Output, Population, Projection
from neurodeploy.model.neuron import Linear
from neurodeploy.model.nir.forms import Draft, add_neuron, add_operator
from neurodeploy.model.nir.hdf5 import RawGraph
from neurodeploy.model.nir.notes import (
    VERSION,
    ConvNotes,
    Link,
    Notes,
    PopulationNotes,
    Reading,
    notes_text,
)
from neurodeploy.model.nir.structure import derive_structure
from neurodeploy.model.operator import Affine, Conv1d, Conv2d

_WEIGHTED = Affine | Conv1d | Conv2d


def plan_of(model: Model) -> tuple[RawGraph, tuple[str, ...]]:
    """Return the graph to write, and a line for each convolution that had to change its form.

    Delays become Delay nodes, but for the one step of a projection that closes a loop, which every
    reader adds. A `Linear` population inside the network becomes a Scale of ones.

    Raises
    ------
    InputError
        If NIR has no node for something in `model` (ND2105): all of it, by name.
    """
    explicit = _parallel(model)
    while True:
        graph, notes = _planned(model, explicit)
        more = _unexpected_delays(model, graph) - explicit
        if not more:
            break
        explicit |= more
    return graph, tuple(_conv_line(name, entry) for name, entry in notes.convolutions.items())


def _planned(model: Model, explicit: Set[str]) -> tuple[RawGraph, Notes]:
    """Return graph and notes with a Delay node, be it of 0, for each projection in `explicit`."""
    draft = Draft()
    for entry in model.inputs:
        draft.add(entry.name, "Input", shape=entry.shape)
    for population in model.populations:
        _add_population(draft, model, population)
    readings = tuple(_add_reading(draft, model, output) for output in model.outputs)
    links = tuple(
        _add_projection(draft, model, projection, explicit) for projection in model.projections
    )
    notes = Notes(
        version=VERSION,
        dt_s=model.dt_s,
        inputs=model.inputs,
        populations=tuple(PopulationNotes.of(population) for population in model.populations),
        links=links,
        readings=readings,
        convolutions=draft.convolutions,
        history=model.history,
        scales=draft.scales,
    )
    draft.problems += _double_edges(notes)
    if draft.problems:
        raise InputError("ND2105", *draft.problems)
    edges = tuple(sorted(notes.edges))
    return RawGraph(nodes=draft.nodes, edges=edges, notes=notes_text(notes)), notes


def _unexpected_delays(model: Model, graph: RawGraph) -> set[str]:
    """Return the projections whose delay a reader without our notes would not know."""
    delays = {name: node.fields for name, node in graph.nodes.items() if node.kind == "Delay"}
    steps = {name: int(np.any(fields["delay"])) for name, fields in delays.items()}
    links = derive_structure(graph, steps).links
    usual = {(link.name, link.delay_steps) for link in links}
    delayed = ((p.name, p.delay_steps) for p in model.projections if p.delay_steps)
    return {name for name, steps in delayed if (name, steps) not in usual}


def _parallel(model: Model) -> set[str]:
    """Return the projections without operators that are another's edge: they need a node."""
    seen: set[tuple[str, str]] = set()
    found = set()
    for projection in model.projections:
        edges = {(source, projection.target) for source in projection.sources}
        if not projection.chain and edges & seen:
            found.add(projection.name)
        elif not projection.chain:
            seen |= edges
    return found


def _add_population(draft: Draft, model: Model, population: Population) -> None:
    if not isinstance(population.neuron, Linear):
        add_neuron(draft, population)
    elif _is_terminal(model, population.name):
        draft.add(population.name, "Output", shape=population.shape)
    else:
        draft.add(population.name, "Scale", scale=np.ones(population.shape))


def _is_terminal(model: Model, name: str) -> bool:
    """Say whether a Linear population is nothing but an output."""
    n_read = sum(output.population == name for output in model.outputs)
    return n_read == 1 and not any(name in p.sources for p in model.projections)


def _add_reading(draft: Draft, model: Model, output: Output) -> Reading:
    node = output.population
    if not _is_written_as_output(draft, node):
        node = "output" if len(model.outputs) == 1 else f"output_{output.population}"
        node = draft.free(node)
        draft.add(node, "Output", shape=model.population(output.population).shape)
    return Reading(
        node=node,
        population=output.population,
        readout=output.readout,
        first_step=output.first_step,
    )


def _is_written_as_output(draft: Draft, name: str) -> bool:
    return name in draft.nodes and draft.nodes[name].kind == "Output"


def _add_projection(draft: Draft, model: Model, projection: Projection, explicit: Set[str]) -> Link:
    """Add the operators; the last one with weights is named after the projection."""
    shape = model.node(projection.sources[0]).shape
    waits = projection.name in explicit
    nodes = []
    if waits:
        nodes.append(draft.free(f"{projection.name}.delay"))
        seconds = projection.delay_steps * model.dt_s
        draft.add(nodes[-1], "Delay", delay=np.full(shape, seconds))
    weighted = [i for i, op in enumerate(projection.chain) if isinstance(op, _WEIGHTED)]
    main = weighted[-1] if weighted else len(projection.chain) - 1
    for i, operator in enumerate(projection.chain):
        name = projection.name if i == main else f"{projection.name}.{i}"
        nodes.append(draft.free(name))
        add_operator(draft, nodes[-1], operator, shape)
        shape = operator.output_shape(shape)
    return Link(
        name=projection.name,
        sources=projection.sources,
        nodes=tuple(nodes),
        target=projection.target,
        delay_steps=0 if waits else projection.delay_steps,
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
