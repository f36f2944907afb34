"""Read a NIR graph as a Model, with everything that was found on the way."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from neurodeploy.errors import InputError
from neurodeploy.model.model import Model, Output
from neurodeploy.model.nir.assumptions import applicable, assumed, said, time_step
from neurodeploy.model.nir.batch import with_flatten_below, without_batch_axis
from neurodeploy.model.nir.build import (
    Parts,
    inputs_of,
    parts_of,
    populations_of,
    projection_of,
    with_noted_scales,
)
from neurodeploy.model.nir.conventions import Conventions, in_steps
from neurodeploy.model.nir.delays import delay_steps, with_plain_delays
from neurodeploy.model.nir.findings import Code, Finding, Findings, found, problems_in
from neurodeploy.model.nir.hdf5 import RawGraph, read_graph
from neurodeploy.model.nir.inline import flattened
from neurodeploy.model.nir.notes import Link, Notes, parse_notes
from neurodeploy.model.nir.shapes import Shape, shapes_of
from neurodeploy.model.nir.structure import Structure, derive_structure, reach_problems
from neurodeploy.model.nir.terminals import with_terminals
from neurodeploy.terms import Readout

_SUMMED = "its voltage is summed over the steps"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Network:
    """Everything a Model is built from."""

    parts: Parts
    structure: Structure
    shapes: dict[str, Shape]
    steps: Mapping[str, int]


def inspect_nir(path: Path, conventions: Conventions) -> tuple[Model | None, Findings]:
    """Return the Model in a `.nir` file, or None, and all that is to be said about the file.

    Raises
    ------
    InputError
        If the file is missing (ND2101) or holds no readable NIR graph (ND2102, ND2402).
    """
    raw = read_graph(path)
    notes = None if raw.notes is None else parse_notes(raw.notes, str(path))
    graph, findings = _plain_graph(raw, notes)
    if problems_in(findings):
        return None, (*findings, *problems_in(parts_of(graph, notes)[1]))
    dt_s = time_step(conventions, notes)
    network, seen = _network(graph, notes, dt_s)
    findings = (*findings, *seen)
    if network is None:
        return None, findings
    conventions, settled = applicable(conventions, notes)
    findings = (*findings, *settled, *assumed(conventions, notes, network.parts))
    findings = tuple(sorted(findings, key=lambda finding: finding.kind != "repair"))
    history = (*(f.message for f in findings), *said(conventions, notes, network.parts))
    try:
        return _model(network, notes, conventions, dt_s, history), findings
    except InputError as error:
        return None, (*findings, *(_values_problem(line) for line in error.problems))
    except ValueError as error:
        return None, (*findings, found(Code.SHAPE, "", str(error)))


def read_nir(path: Path, conventions: Conventions) -> tuple[Model, tuple[str, ...]]:
    """Return the Model in a `.nir` file, and one line for each repair and assumption.

    Raises
    ------
    InputError
        If the file is missing (ND2101), no readable NIR file (ND2102), holds what is not read
        (ND2103: all of it, by name), has an inconsistent graph (ND2104), or values or shapes that
        no network can have (ND2110).
    """
    model, findings = inspect_nir(path, conventions)
    if model is not None:
        return model, tuple(finding.message for finding in findings)
    problems = problems_in(findings)
    raise InputError(problems[0].error, *(f"{path}: {p.message}" for p in problems))


def _plain_graph(raw: RawGraph, notes: Notes | None) -> tuple[RawGraph, Findings]:
    """Return the graph in the form that projections can be derived from."""
    graph, drawn = flattened(raw)
    if problems_in(drawn):
        return graph, drawn
    graph, added = with_terminals(graph)
    graph, split = with_plain_delays(graph)
    unreached = () if problems_in(added) or _fits(notes, graph) else reach_problems(graph)
    return graph, (*drawn, *added, *split, *unreached)


def _fits(notes: Notes | None, graph: RawGraph) -> bool:
    return notes is not None and notes.edges == frozenset(graph.edges)


def _network(graph: RawGraph, notes: Notes | None, dt_s: float) -> tuple[_Network | None, Findings]:
    """Return the network as the file means it, with or without the batch axis in its shapes."""
    network, findings = _attempt(graph, notes, dt_s)
    if {finding.code for finding in problems_in(findings)} != {Code.SHAPE}:
        return network, findings
    for repair, code, line in (
        (with_flatten_below, Code.FLATTEN_AXIS, "Flatten counts the batch axis: taken off"),
        (without_batch_axis, Code.BATCH_AXIS, "the shapes count a batch axis of 1: taken off"),
    ):
        repaired, seen = _attempt(repair(graph), notes, dt_s)
        if repaired is not None:
            return repaired, (found(code, "", line), *seen)
    return None, findings


def _attempt(graph: RawGraph, notes: Notes | None, dt_s: float) -> tuple[_Network | None, Findings]:
    parts, findings = parts_of(graph, notes)
    if problems_in(findings):
        return None, findings
    steps, uneven = delay_steps(parts.delays, dt_s)
    structure, lines = _structure(graph, notes, parts, steps)
    shapes, fitting = shapes_of(parts, structure)
    findings = (*findings, *uneven, *fitting, *lines)
    if problems_in(findings):
        return None, findings
    return _Network(parts=parts, structure=structure, shapes=shapes, steps=steps), findings


def _structure(
    graph: RawGraph, notes: Notes | None, parts: Parts, steps: Mapping[str, int]
) -> tuple[Structure, list[Finding]]:
    """Return the projections as the notes name them, or derived where they do not fit the graph."""
    if notes is not None and _fits(notes, graph):
        joins = tuple(e.name for e in notes.populations if e.name in parts.operators)
        return Structure(links=notes.links, readings=notes.readings, joins=joins), []
    structure = derive_structure(graph, steps, parts.biased)
    lines = [
        found(Code.LOOP, k.name, f"projection {k.name!r} closes a loop: delayed by one step")
        for k in structure.links
        if k.delay_steps
    ]
    lines += [
        found(Code.READOUT, r.node, f"output {r.node!r} does not spike: {_SUMMED}")
        for r in structure.readings
        if r.readout is Readout.SUM
    ]
    if notes is not None:
        line = "the graph was edited: the names and delays in its metadata are not used"
        lines.append(found(Code.EDITED, "", line))
    return structure, lines


def _model(
    network: _Network,
    notes: Notes | None,
    conventions: Conventions,
    dt_s: float,
    history: tuple[str, ...],
) -> Model:
    structure = network.structure
    parts = with_noted_scales(network.parts, notes)
    parts = replace(parts, neurons=in_steps(parts.neurons, conventions, dt_s))
    terminals = (r.node for r in structure.readings if r.node == r.population)
    stateless = (*structure.joins, *terminals)
    links = structure.links
    if notes is None or links != notes.links:
        links = _along(links, list(network.shapes))
    return Model(
        inputs=inputs_of(parts, notes),
        populations=populations_of(parts, network.shapes, stateless, notes, conventions.reset),
        projections=tuple(projection_of(parts, link, network.steps) for link in links),
        outputs=tuple(
            Output(population=r.population, readout=r.readout, first_step=r.first_step)
            for r in structure.readings
        ),
        dt_s=dt_s,
        history=(*(() if notes is None else notes.history), *history),
    )


def _along(links: tuple[Link, ...], order: list[str]) -> tuple[Link, ...]:
    rank = {name: k for k, name in enumerate(order)}
    return tuple(sorted(links, key=lambda link: rank[link.target]))


def _values_problem(line: str) -> Finding:
    named = re.search(r"'([^']*)'", line)
    return found(Code.VALUES, named[1] if named else "", line)
