"""What NIR cannot say, as JSON text under one key of the graph's metadata."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from neurodeploy.errors import InputError
from neurodeploy.geometry.conv import Pair
from neurodeploy.model.model import Input, Population
from neurodeploy.model.neuron import Parametric
from neurodeploy.storage.codec import decode, encode
from neurodeploy.terms import Readout, Reset

VERSION = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Values:
    """An array as JSON: shape and values in C order."""

    shape: tuple[int, ...]
    values: tuple[float, ...]

    @classmethod
    def of(cls, array: NDArray[np.float64]) -> "Values":
        """Return `array` in this form."""
        return cls(shape=array.shape, values=tuple(array.ravel().tolist()))

    @property
    def array(self) -> NDArray[np.float64]:
        """The array again; ValueError if shape and values do not fit."""
        return np.array(self.values, dtype=np.float64).reshape(self.shape)


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A projection in terms of the file: `nodes` are its operators, `target` a population.

    `delay_steps` come on top of those of the Delay nodes among its `nodes`.
    """

    name: str
    sources: tuple[str, ...]
    nodes: tuple[str, ...]
    target: str
    delay_steps: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """An Output node, the population it reads (itself, if it is a terminal) and how."""

    node: str
    population: str
    readout: Readout
    first_step: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PopulationNotes:
    """Reset rule, initial state, and the shapes that parameters had before they were expanded."""

    name: str
    reset: Reset
    v0: Values
    i0: Values
    shapes: Mapping[str, tuple[int, ...]]

    @classmethod
    def of(cls, population: Population) -> "PopulationNotes":
        """Return what NIR does not hold of `population`."""
        neuron = population.neuron
        shapes = {}
        if isinstance(neuron, Parametric):
            shapes = {entry.name: getattr(neuron, entry.name).shape for entry in fields(neuron)}
        return cls(
            name=population.name,
            reset=population.reset,
            v0=Values.of(population.v0),
            i0=Values.of(population.i0),
            shapes={**shapes, "v_reset": population.v_reset.shape},
        )

    def applied_to(self, population: Population) -> Population:
        """Return `population` with the initial state and the parameter shapes of these notes.

        Raises
        ------
        ValueError
            If a parameter is not constant along the axes that the notes leave out.
        """
        neuron = population.neuron
        if isinstance(neuron, Parametric):
            arrays = {entry.name: getattr(neuron, entry.name) for entry in fields(neuron)}
            few = {name: narrow(array, self.shapes.get(name)) for name, array in arrays.items()}
            neuron = type(neuron)(**few)
        return replace(
            population,
            neuron=neuron,
            v_reset=narrow(population.v_reset, self.shapes.get("v_reset")),
            v0=self.v0.array,
            i0=self.i0.array,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ConvNotes:
    """How a convolution was before it was written with one group and a square kernel."""

    groups: int
    kernel: Pair
    padding: Pair


@dataclass(frozen=True, slots=True, kw_only=True)
class Notes:
    """Everything of a Model that its NIR graph does not hold.

    Parameters
    ----------
    scales : shapes of scales before they were expanded, by node.
    """

    version: int
    dt_s: float
    inputs: tuple[Input, ...]
    populations: tuple[PopulationNotes, ...]
    links: tuple[Link, ...]
    readings: tuple[Reading, ...]
    convolutions: Mapping[str, ConvNotes]
    history: tuple[str, ...]
    scales: Mapping[str, tuple[int, ...]] = field(default_factory=dict)

    @property
    def edges(self) -> frozenset[tuple[str, str]]:
        """The edges of the graph that the links and readings describe."""
        found = {(r.population, r.node) for r in self.readings if r.population != r.node}
        for link in self.links:
            path = (*link.nodes, link.target)
            found |= {(source, path[0]) for source in link.sources}
            found |= set(pairwise(path))
        return frozenset(found)


def notes_text(notes: Notes) -> str:
    """Return `notes` as JSON, the same text for the same content."""
    return json.dumps(encode(notes)[0], sort_keys=True)


def parse_notes(text: str, where: str) -> Notes:
    """Return the notes in `text`.

    Raises
    ------
    InputError
        If it is not JSON of this form and version (ND2102, ND2402).
    """
    try:
        data = json.loads(text)
    except (json.JSONDecodeError, RecursionError) as error:
        raise InputError("ND2102", f"{where}: the metadata 'neurodeploy' is not JSON") from error
    if isinstance(data, dict) and data.get("version") != VERSION:
        raise InputError(
            "ND2102",
            f"{where}: the metadata 'neurodeploy' has version {data.get('version')}, "
            f"this neurodeploy reads {VERSION}; upgrade it",
        )
    return decode(Notes, data, {}, where)


def narrow(array: NDArray[np.float64], shape: tuple[int, ...] | None) -> NDArray[np.float64]:
    """Return `array` with the fewer axes of `shape`, of which it is a broadcast copy.

    Raises
    ------
    ValueError
        If it is not.
    """
    if shape is None or shape == array.shape:
        return array
    n_new = array.ndim - len(shape)
    if n_new < 0:
        raise ValueError(f"an array of shape {array.shape} is no expanded {shape}")
    few = array[(0,) * n_new]
    few = few[tuple(slice(0, 1) if size == 1 else slice(None) for size in shape)]
    if few.shape != shape or not np.array_equal(np.broadcast_to(few, array.shape), array):
        raise ValueError(f"an array of shape {array.shape} is no expanded {shape}")
    return few
