"""Read and write `.nir`: NIR graphs (Pedersen et al. 2024, nir 1.0.8) as Models."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from neurodeploy.errors import InputError
from neurodeploy.model.model import Model, Output
from neurodeploy.model.neuron import If, Li
from neurodeploy.model.nir.build import (
    Parts,
    inputs_of,
    parts_of,
    populations_of,
    projection_of,
    shapes_of,
    with_unit_gain,
)
from neurodeploy.model.nir.hdf5 import RawGraph, read_graph
from neurodeploy.model.nir.nodes import NEURONS, OPERATORS
from neurodeploy.model.nir.notes import Link, Notes, Reading, parse_notes
from neurodeploy.model.nir.structure import (
    derive_links,
    edge_problems,
    fork_problems,
    reach_problems,
)
from neurodeploy.model.nir.terminals import with_terminals
from neurodeploy.model.nir.write import write_nir
from neurodeploy.terms import Readout, Reset

__all__ = ["Conventions", "read_nir", "write_nir"]

DEFAULT_DT_S = 1e-4
"""What snntorch and Lava take for the time step of a NIR file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Conventions:
    """What the user says about a file; None leaves it to the file, or else to the default.

    Parameters
    ----------
    dt_s : length of a time step in seconds.
    reset : reset rule of every spiking population.
    if_gain : ``spec`` for ``v += dt r x`` (NIR), ``unit`` for ``v += r x`` (Sinabs, Norse) in IF.
    """

    dt_s: float | None = None
    reset: Reset | None = None
    if_gain: Literal["spec", "unit"] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Structure:
    links: tuple[Link, ...]
    readings: tuple[Reading, ...]
    lines: tuple[str, ...]


def read_nir(path: Path, conventions: Conventions) -> tuple[Model, tuple[str, ...]]:
    """Return the Model in a `.nir` file, and one line for each default that was assumed.

    Raises
    ------
    InputError
        If the file is missing (ND2101), no readable NIR file (ND2102), holds what is not read yet
        (ND2103: all of it, by name), has an inconsistent graph (ND2104), or values or shapes that
        no network can have (ND2110).
    """
    graph, added = _whole_graph(path)
    notes = None if graph.notes is None else parse_notes(graph.notes, str(path))
    parts, problems = parts_of(graph, notes)
    _refuse("ND2103", path, [line for line in problems if "not read yet" in line])
    _refuse("ND2104", path, problems)
    structure = _structure(path, graph, notes)
    dt_s = DEFAULT_DT_S if notes is None else notes.dt_s
    dt_s = dt_s if conventions.dt_s is None else conventions.dt_s
    if conventions.if_gain == "unit":
        parts = with_unit_gain(parts, dt_s)
    defaults = _defaults(conventions, notes, parts)
    assumed = (*added, *structure.lines, *defaults)
    given = _given(conventions, notes, parts)
    try:
        return _model(parts, structure, notes, conventions.reset, dt_s, (*assumed, *given)), assumed
    except InputError as error:
        raise InputError(error.code, *(f"{path}: {p}" for p in error.problems)) from error
    except ValueError as error:
        raise InputError("ND2104", f"{path}: {error}") from error


def _whole_graph(path: Path) -> tuple[RawGraph, tuple[str, ...]]:
    """Return the graph with its terminals, and a line for each one that had to be added."""
    graph = read_graph(path)
    known = {*NEURONS, *OPERATORS, "Input", "Output"}
    nodes = graph.nodes.values()
    unknown = [f"node {n.name!r} ({n.kind}) is not read yet" for n in nodes if n.kind not in known]
    _refuse("ND2103", path, unknown)
    _refuse("ND2104", path, edge_problems(graph))
    try:
        graph, added = with_terminals(graph)
    except ValueError as error:
        raise InputError("ND2104", f"{path}: {error}") from error
    _refuse("ND2104", path, reach_problems(graph))
    _refuse("ND2103", path, fork_problems(graph))
    return graph, added


def _structure(path: Path, graph: RawGraph, notes: Notes | None) -> _Structure:
    """Return the projections as the notes name them, or derived where they do not fit the graph."""
    if notes is not None and notes.edges == frozenset(graph.edges):
        return _Structure(links=notes.links, readings=notes.readings, lines=())
    try:
        links, readings = derive_links(graph)
    except ValueError as error:
        raise InputError("ND2103", f"{path}: {error}") from error
    lines = [
        f"projection {link.name!r} closes a loop: delayed by one step"
        for link in links
        if link.delay_steps
    ]
    lines += [
        f"output {reading.node!r} does not spike: its voltage is summed over the steps"
        for reading in readings
        if reading.readout is Readout.SUM
    ]
    if notes is not None:
        lines.append("the graph was edited: the names and delays in its metadata are not used")
    return _Structure(links=links, readings=readings, lines=tuple(lines))


def _defaults(conventions: Conventions, notes: Notes | None, parts: Parts) -> list[str]:
    """Return a line for each convention that neither the user nor the file gives."""
    lines = []
    if conventions.dt_s is None and notes is None:
        lines.append(f"dt is {DEFAULT_DT_S:g} s: the file does not say (--dt)")
    noted = set() if notes is None else {entry.name for entry in notes.populations}
    spiking = [name for name, neuron in parts.neurons.items() if not isinstance(neuron, Li)]
    unnoted = [name for name in spiking if name not in noted]
    if conventions.reset is None and unnoted:
        of = "" if len(unnoted) == len(spiking) else f" of {', '.join(unnoted)}"
        lines.append(f"reset{of} is to v_reset (zero): the file does not say (--reset)")
    if conventions.if_gain is None and notes is None and _has_if(parts):
        lines.append("IF integrates v += dt r x (spec): the file does not say (--if-gain)")
    known = set() if notes is None else {entry.name for entry in notes.inputs}
    unknown = [name for name in parts.inputs if name not in known]
    lines += [f"input {name!r} has values in 0..1: the file does not say" for name in unknown]
    return lines


def _given(conventions: Conventions, notes: Notes | None, parts: Parts) -> list[str]:
    """Return a line for each convention that the user gives, for the history."""
    lines = []
    if conventions.dt_s is not None and (notes is None or conventions.dt_s != notes.dt_s):
        instead = "" if notes is None else f" instead of the file's {notes.dt_s:g} s"
        lines.append(f"dt is {conventions.dt_s:g} s{instead} (--dt)")
    if conventions.reset is not None:
        lines.append(f"reset is {conventions.reset} (--reset)")
    if conventions.if_gain is not None and _has_if(parts):
        form = "v += r x" if conventions.if_gain == "unit" else "v += dt r x"
        lines.append(f"IF integrates {form} (--if-gain {conventions.if_gain})")
    return lines


def _model(
    parts: Parts,
    structure: _Structure,
    notes: Notes | None,
    reset: Reset | None,
    dt_s: float,
    lines: Iterable[str],
) -> Model:
    terminals = tuple(r.node for r in structure.readings if r.node == r.population)
    shapes = shapes_of(parts, structure.links)
    links = structure.links
    if notes is None or links != notes.links:
        links = _along(links, list(shapes))
    return Model(
        inputs=inputs_of(parts, notes),
        populations=populations_of(parts, shapes, terminals, notes, reset),
        projections=tuple(projection_of(parts, link) for link in links),
        outputs=tuple(
            Output(population=r.population, readout=r.readout, first_step=r.first_step)
            for r in structure.readings
        ),
        dt_s=dt_s,
        history=(*(() if notes is None else notes.history), *lines),
    )


def _along(links: tuple[Link, ...], order: list[str]) -> tuple[Link, ...]:
    rank = {name: k for k, name in enumerate(order)}
    return tuple(sorted(links, key=lambda link: rank[link.target]))


def _has_if(parts: Parts) -> bool:
    return any(isinstance(neuron, If) for neuron in parts.neurons.values())


def _refuse(code: str, path: Path, problems: list[str]) -> None:
    if problems:
        raise InputError(code, *(f"{path}: {problem}" for problem in problems))
