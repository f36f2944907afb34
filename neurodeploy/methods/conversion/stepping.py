"""A spiking network run step by step, of which only sums over the steps are kept.

The twin keeps every step of every layer for the way back; a deep network over hundreds of steps
does not fit into memory so.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from torch import Tensor

from neurodeploy.learning.twin.neurons import State, initial, move
from neurodeploy.learning.twin.twin import Twin
from neurodeploy.methods.conversion.refusals import in_order
from neurodeploy.model import Population, Projection

OnStep = Callable[[int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of all samples: its number from 1, and what every population sends."""

    number: int
    outputs: Mapping[str, Tensor]


def steps_of(twin: Twin, x: Tensor, n_steps: int) -> Iterator[Step]:
    """Yield the steps of a network without delays that is shown `x` in each of them.

    What comes from the input alone is computed once.

    Parameters
    ----------
    x : (sample, *shape)
    """
    model = twin.template
    populations, entry = in_order(model), model.inputs[0].name
    outputs: dict[str, Tensor] = {entry: x.to(twin.dtype)}
    still = {
        p.name: _delivered(twin, p, outputs) for p in model.projections if p.sources == (entry,)
    }
    states = {p.name: initial(p, twin.parameters_at(p), outputs[entry]) for p in populations}
    for k in range(1, n_steps + 1):
        for population in populations:
            arriving = arriving_at(twin, population, outputs, still)
            outputs[population.name] = _moved(twin, population, states[population.name], arriving)
        yield Step(number=k, outputs=dict(outputs))


def arriving_at(
    twin: Twin,
    population: Population,
    outputs: Mapping[str, Tensor],
    still: Mapping[str, Tensor] = MappingProxyType({}),
) -> Tensor:
    """Return what arrives at `population` for what all nodes send, (sample, *shape).

    Parameters
    ----------
    still : what projections deliver, by name, where that is known.
    """
    first, *others = (
        still[p.name] if p.name in still else _delivered(twin, p, outputs)
        for p in twin.template.projections_to(population.name)
    )
    for other in others:
        first = first + other
    return first


def _delivered(twin: Twin, projection: Projection, outputs: Mapping[str, Tensor]) -> Tensor:
    value, *others = (outputs[source] for source in projection.sources)
    for other in others:
        value = value + other
    for operator in twin.chain(projection):
        value = operator(value)
    return value


def _moved(twin: Twin, population: Population, state: State | None, arriving: Tensor) -> Tensor:
    parameters = twin.parameters_at(population)
    return move(population, parameters, state, arriving, twin.surrogate)
