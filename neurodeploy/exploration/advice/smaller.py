"""A network without some neurons of a layer of vectors."""

from collections.abc import Sequence
from dataclasses import fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neurodeploy.model import Affine, Model, Population, Projection
from neurodeploy.model.neuron import Parametric


def can_shrink(model: Model, name: str) -> bool:
    """Return whether single neurons can be left out: vectors between plain matrices, not read."""
    population = model.population(name)
    out = [p for p in model.projections if name in p.sources]
    into = model.projections_to(name)
    return (
        len(population.shape) == 1
        and isinstance(population.neuron, Parametric)
        and all(output.population != name for output in model.outputs)
        and bool(into)
        and all(p.chain and _is_matrix(p.chain[-1]) and name not in p.sources for p in into)
        and all(p.sources == (name,) and p.chain and _is_matrix(p.chain[0]) for p in out)
    )


def without_neurons(model: Model, name: str, neurons: Sequence[int]) -> Model:
    """Return `model` without these neurons of population `name`; see `can_shrink`."""
    kept = np.setdiff1d(np.arange(model.population(name).size), neurons)
    populations = tuple(_fewer(p, kept) if p.name == name else p for p in model.populations)
    projections = tuple(_cut(p, name, kept) for p in model.projections)
    return replace(model, populations=populations, projections=projections)


def _is_matrix(operator: object) -> bool:
    return isinstance(operator, Affine) and operator.weight.ndim == 2


def _fewer(population: Population, kept: NDArray[np.int64]) -> Population:
    neuron = population.neuron
    assert isinstance(neuron, Parametric)
    size = population.size

    def own(values: NDArray[Any]) -> NDArray[Any]:
        return values[kept] if values.shape == (size,) else values

    values = {field.name: own(getattr(neuron, field.name)) for field in fields(neuron)}
    return replace(
        population,
        shape=(len(kept),),
        neuron=replace(neuron, **values),  # type: ignore[arg-type]  # every field is an array
        v_reset=own(population.v_reset),
        v0=own(population.v0),
        i0=own(population.i0),
    )


def _cut(projection: Projection, name: str, kept: NDArray[np.int64]) -> Projection:
    chain = list(projection.chain)
    if projection.target == name:
        last = chain[-1]
        assert isinstance(last, Affine)
        bias = None if last.bias is None else last.bias[kept]
        chain[-1] = replace(last, weight=last.weight[kept], bias=bias)
    if name in projection.sources:
        first = chain[0]
        assert isinstance(first, Affine)
        chain[0] = replace(first, weight=first.weight[:, kept])
    return replace(projection, chain=tuple(chain))
