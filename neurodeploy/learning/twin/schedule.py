"""The two orders in which a twin computes: population by population, or step by step."""

import functools
from collections.abc import Mapping
from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from neurodeploy.learning.twin.neurons import initial, move
from neurodeploy.model import Model, Population, Projection
from neurodeploy.model.order import step_order

if TYPE_CHECKING:
    from neurodeploy.learning.twin.twin import Twin


def is_looped(model: Model) -> bool:
    """Return whether any population reaches itself, however late."""
    try:
        _order(model)
    except CycleError:
        return True
    return False


def by_population(twin: "Twin", series: Tensor) -> dict[str, Tensor]:
    """Return the outputs (step, sample, *shape) of every node of a network without loops.

    Each operator sees all samples and steps as one batch.

    Parameters
    ----------
    series : (step, sample, *shape of the input)
    """
    outputs = {twin.template.inputs[0].name: series}
    for name in _order(twin.template):
        population = twin.template.population(name)
        # No name for what arrives: it is as large as the output, and need not outlive the call.
        outputs[name] = twin.path.run(
            population,
            twin.parameters_at(population),
            arriving(twin, population, outputs),
            twin.surrogate,
        )
    return outputs


def by_step(twin: "Twin", series: Tensor) -> dict[str, Tensor]:
    """Return the outputs (step, sample, *shape) of every node; loops are allowed."""
    populations = [twin.template.population(name) for name in step_order(twin.template)]
    steps: dict[str, list[Tensor]] = {p.name: [] for p in populations}
    steps[twin.template.inputs[0].name] = list(series)
    states = {p.name: initial(p, twin.parameters_at(p), series[0]) for p in populations}
    for k in range(len(series)):
        for population in populations:
            total = _silence(series[0], population.input_shape)
            for projection in twin.template.projections_to(population.name):
                value = _sent(twin.template, projection, steps, k, series[0])
                total = total + _through(twin, projection, value)
            parameters, state = twin.parameters_at(population), states[population.name]
            steps[population.name].append(
                move(population, parameters, state, total, twin.surrogate)
            )
    return {name: torch.stack(values) for name, values in steps.items()}


def _order(model: Model) -> tuple[str, ...]:
    """Return the populations' names, each after all that reach it; CycleError for a loop."""
    names = {p.name for p in model.populations}
    before: dict[str, list[str]] = {p.name: [] for p in model.populations}
    for projection in model.projections:
        before[projection.target] += [s for s in projection.sources if s in names]
    return tuple(TopologicalSorter(before).static_order())


def arriving(twin: "Twin", population: Population, outputs: Mapping[str, Tensor]) -> Tensor:
    """Return what all projections deliver, (step, sample, *input shape)."""
    series = outputs[twin.template.inputs[0].name]
    n_steps, n_samples = series.shape[:2]
    shape = (n_steps, n_samples, *population.input_shape)
    parts = []
    for projection in twin.template.projections_to(population.name):
        sent = [_late(outputs[source], projection.delay_steps) for source in projection.sources]
        value = sent[0] if len(sent) == 1 else torch.stack(sent).sum(dim=0)
        if value.stride(0) == 0 or n_steps == 1:  # the same in every step: compute it once
            parts.append(_through(twin, projection, value[0]).expand(shape))
        else:
            parts.append(_through(twin, projection, value.flatten(0, 1)).reshape(shape))
    if not parts:
        return torch.zeros(shape, dtype=series.dtype, device=series.device)
    return functools.reduce(torch.add, parts).to(series.dtype)  # mixed precision ends here


def _sent(
    model: Model,
    projection: Projection,
    steps: Mapping[str, list[Tensor]],
    k: int,
    like: Tensor,
) -> Tensor:
    """Return the sum of what the sources sent `delay_steps` before step k."""
    sent = k - projection.delay_steps
    if sent < 0:
        return _silence(like, model.node(projection.sources[0]).shape)
    values = [steps[source][sent] for source in projection.sources]
    return values[0] if len(values) == 1 else torch.stack(values).sum(dim=0)


def _through(twin: "Twin", projection: Projection, value: Tensor) -> Tensor:
    for operator in twin.chain(projection):
        value = operator(value)
    return value


def _late(values: Tensor, n_steps: int) -> Tensor:
    """Return `values` (step, ...) some steps later, with zeros before."""
    if n_steps == 0:
        return values
    kept = values[: max(len(values) - n_steps, 0)]
    return torch.cat([torch.zeros_like(values[: len(values) - len(kept)]), kept])


def _silence(like: Tensor, shape: tuple[int, ...]) -> Tensor:
    return torch.zeros((len(like), *shape), dtype=like.dtype, device=like.device)
