"""`Layer`: one population with everything that drives it, apart from the rest of its program."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from neurodeploy.program import NumberFormat, Population, Program, Projection
from neurodeploy.verification.rules import MEANING, Rules

Shape = tuple[int, ...]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """What one population needs to be simulated alone, given the outputs of its sources.

    Parameters
    ----------
    source_shapes : by source.
    unrounded : mantissas before they were rounded, by projection, where the model tells them.
    keep_i, keep_v : what a step keeps of u and v in 1/4096, (neuron,), in place of du and dv.
    """

    population: Population
    projections: tuple[Projection, ...]
    formats: NumberFormat
    source_shapes: Mapping[str, Shape]
    rules: Rules = MEANING
    unrounded: Mapping[str, Floats] = field(default_factory=dict)
    keep_i: Floats | None = None
    keep_v: Floats | None = None

    @property
    def name(self) -> str:
        """The population's name."""
        return self.population.name

    @property
    def sources(self) -> tuple[str, ...]:
        """Everything it listens to."""
        return tuple(self.source_shapes)


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerTrace:
    """What a layer did; arrays are (sample, step, neuron), wraps and saturations are totals.

    float64 holds every integer of a layer exactly.
    """

    outputs: Floats
    u: Floats
    v: Floats
    wraps: int
    saturations: int


def layer_of(program: Program, name: str, unrounded: Mapping[str, Floats] | None = None) -> Layer:
    """Return population `name` of `program` as a layer."""
    projections = program.projections_to(name)
    sources = dict.fromkeys(source for p in projections for source in p.sources)
    return Layer(
        population=program.population(name),
        projections=projections,
        formats=program.formats,
        source_shapes={source: program.shape_of(source) for source in sources},
        unrounded=dict(unrounded or {}),
    )
