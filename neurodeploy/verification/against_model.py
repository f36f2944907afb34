"""What of a deployment's program is not what rounding its model gives.

All executors run the same program, so a fault in the program itself shows in no comparison of them;
it shows here, by reading, not by running.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from neurodeploy.deployment.deployment import Deployment
from neurodeploy.deployment.quantisation import LayerQuantisation
from neurodeploy.lowering.normal_form import normal_form
from neurodeploy.model import Model, Threshold
from neurodeploy.model.join import without_joins
from neurodeploy.program import Conv, Direct, Population, Projection
from neurodeploy.program.fixed_point import SignMode, sign_mode_of
from neurodeploy.terms import Reset
from neurodeploy.verification.alternatives import Rule
from neurodeploy.verification.unrounded import unrounded_mantissas

_TIE = 1e-6
"""A weight this close to the middle of two integers may round to either."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Discrepancy:
    """A rule by which the program of one layer is not its model's, in words."""

    population: str
    rule: Rule
    says: str


def discrepancies(deployment: Deployment) -> tuple[Discrepancy, ...]:
    """Return everything in the program that the model does not ask for; empty without a model."""
    if deployment.model is None:
        return ()
    model = without_joins(deployment.model)
    found: list[Discrepancy] = []
    for q in deployment.quantisation:
        population = deployment.program.population(q.population)
        pairs = [*_neuron(model, population, q), *_synapses(deployment, model, population)]
        found += [Discrepancy(population=q.population, rule=rule, says=s) for rule, s in pairs]
    return tuple(found)


def _neuron(
    model: Model, population: Population, quantisation: LayerQuantisation
) -> Iterator[tuple[Rule, str]]:
    wanted = model.population(population.name)
    form = normal_form(wanted, model.dt_s)
    stateless = isinstance(wanted.neuron, Threshold)
    reset = Reset.ZERO if stateless else wanted.reset if form.spiking else Reset.NONE
    if population.reset is not reset:
        says = f"the program resets by {population.reset.value!r}, the model by {reset.value!r}"
        yield Rule.RESET, says
    if population.spiking and (population.vth != quantisation.vth).any():
        yield Rule.COMPARE, f"the threshold mantissa is not {quantisation.vth}, that of its scale"
    for name, found, leak in (
        ("du", population.du + 1, form.leak_i),
        ("dv", population.dv, form.leak_v),
    ):
        if (np.abs(found.ravel() - np.rint(4096 * leak)) > 1).any():
            yield Rule.DECAY, f"{name} is not the model's leak"


def _synapses(
    deployment: Deployment, model: Model, population: Population
) -> Iterator[tuple[Rule, str]]:
    program = deployment.program
    unrounded = unrounded_mantissas(deployment, population.name)
    lags = {p.name: p.t_start for p in program.populations}
    delays = {
        name: p.delay_steps
        for p in model.projections
        for name in (p.name, *(f"{p.name}.{source}" for source in p.sources))
    }
    for projection in program.projections_to(population.name):
        if projection.name not in unrounded:
            continue
        source = lags.get(projection.sources[0], 0)
        steps = delays[projection.name] + population.t_start - source
        if np.any(projection.delay_steps != steps):
            says = f"projection {projection.name!r} takes {projection.max_delay_steps} steps"
            yield Rule.DELAY, f"{says}, the model asks for {steps}"
        yield from _weights(projection, unrounded[projection.name])


def _weights(projection: Projection, wanted: NDArray[np.float64]) -> Iterator[tuple[Rule, str]]:
    operator = projection.operator
    assert not isinstance(operator, Direct)
    step = 2 if (wanted < 0).any() and (wanted > 0).any() else 1
    found = operator.mantissa
    wrong = np.abs(found - wanted) > step / 2 + _TIE
    if not wrong.any():
        return
    place = tuple(int(k) for k in np.argwhere(wrong)[0])
    example = (
        f"projection {projection.name!r} has {int(wrong.sum())} weights that are not the model's, "
        f"e.g. {list(place)} is {found[place]}, the model asks for {wanted[place]:.2f}"
    )
    if isinstance(operator, Conv) and _is_flipped(found, wanted, step):
        yield Rule.KERNEL, f"projection {projection.name!r} holds its kernel flipped"
    elif (found[wrong] % 2 != 0).all() and sign_mode_of(found) is SignMode.MIXED:
        yield Rule.ROUNDING, f"{example}; weights of mixed signs are even"
    elif (np.abs(found[wrong]) >= 254).all() or (np.abs(wanted[wrong]) >= 254).all():
        yield Rule.SATURATION, f"{example}; at the end of the range"
    else:
        yield Rule.GAIN, example


def _is_flipped(found: NDArray[np.int32], wanted: NDArray[np.float64], step: int) -> bool:
    flipped = wanted[:, :, ::-1, ::-1]
    return bool((np.abs(found - flipped) <= step / 2 + _TIE).all())
