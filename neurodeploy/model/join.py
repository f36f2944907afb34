"""Rewrite a Model without stateless populations in its middle: joins and forks become chains."""

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from neurodeploy.model.model import Model, Population, Projection, Shape
from neurodeploy.model.neuron import Linear, Threshold
from neurodeploy.model.operator import Affine, Conv1d, Conv2d, Operator, Scale, Shift

Floats = NDArray[np.float64]


def without_joins(model: Model) -> Model:
    """Return the same network in which no `Linear` population feeds another, where that exists.

    Each pair of a projection into such a population and one out of it becomes a projection with
    both chains and the sum of both delays; one that is read stays, without its followers. What
    cannot be written so stays as it is: a loop through stateless populations alone has a state.
    """
    for name in [p.name for p in model.populations if isinstance(p.neuron, Linear)]:
        model = _without(model, name)
    return model


def _without(model: Model, name: str) -> Model:
    into = model.projections_to(name)
    out = [p for p in model.projections if name in p.sources]
    if not into or not out or any(name in p.sources for p in into):
        return model
    read = any(output.population == name for output in model.outputs)
    constant = _constant(model, name, into) if any(p.delay_steps for p in out) else None
    projections: list[Projection] = []
    for projection in model.projections:
        if name in projection.sources:
            projections += _bypasses(model, name, projection, constant)
        elif projection.target != name or read:
            projections.append(projection)
    populations = [p for p in model.populations if p.name != name or read]
    if constant is not None:
        populations.append(_always(name, model.population(name).shape))
    return replace(model, populations=tuple(populations), projections=tuple(projections))


def _bypasses(
    model: Model, name: str, after: Projection, constant: Floats | None
) -> Iterable[Projection]:
    """Yield what delivers the same as `after`, without population `name` among its sources.

    Its biases are kept in the first one. A delay of `after` holds the biases before it back, so
    these then come from a population that spikes in every step.
    """
    others = tuple(source for source in after.sources if source != name)
    times = len(after.sources) - len(others)
    if others:
        yield replace(after, sources=others)
    late = constant is not None and after.delay_steps > 0
    kept = bool(others)
    for before in model.projections_to(name):
        first = without_bias(before.chain) if late else before.chain
        second = without_bias(after.chain) if kept else after.chain
        kept = True
        yield Projection(
            name=f"{before.name}+{after.name}",
            sources=before.sources,
            target=after.target,
            chain=(*first, *_repeated(times), *second),
            delay_steps=before.delay_steps + after.delay_steps,
        )
    if late and constant is not None:
        yield Projection(
            name=f"{name}.one+{after.name}",
            sources=(f"{name}.one",),
            target=after.target,
            chain=(Scale(scale=constant), *_repeated(times), *without_bias(after.chain)),
            delay_steps=after.delay_steps,
        )


def without_bias(chain: tuple[Operator, ...]) -> tuple[Operator, ...]:
    """Return the linear part of `chain`; BatchNorm must have been folded."""
    return tuple(
        replace(op, bias=None) if isinstance(op, Affine | Conv1d | Conv2d) else op
        for op in chain
        if not isinstance(op, Shift)
    )


def _repeated(times: int) -> tuple[Operator, ...]:
    return () if times == 1 else (Scale(scale=np.full((), float(times))),)


def _constant(model: Model, name: str, into: tuple[Projection, ...]) -> Floats | None:
    """Return what population `name` gets in each step without any input, None if that is 0."""
    total = np.zeros(model.population(name).shape)
    for projection in into:
        value = np.zeros((1, *model.node(projection.sources[0]).shape))
        for operator in projection.chain:
            value = operator.apply(value)
        total = total + value[0]
    return total if total.any() else None


def _always(name: str, shape: Shape) -> Population:
    """Return neurons that spike in every step."""
    return Population(
        name=f"{name}.one", shape=shape, neuron=Threshold(threshold=np.full((), -1.0))
    )
