"""Alternatives of the neuron: its reset, its comparison, its decays, how it starts."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from neurodeploy.program import Population
from neurodeploy.terms import Reset
from neurodeploy.verification.alternatives.alternative import Alternative, Rule
from neurodeploy.verification.layer import Layer
from neurodeploy.verification.rules import Rounding

_NONE = np.zeros((), np.int32)


def resets(layer: Layer) -> Iterator[Alternative]:
    """Yield every other reset rule, a reset to 0, and one that clears the current too."""
    population = layer.population
    if not population.spiking:
        return
    for rule in Reset:
        if rule is not population.reset:
            says = f"the layer resets by {rule.value!r}, not by {population.reset.value!r}"
            yield _changed(layer, Rule.RESET, says, replace(population, reset=rule))
    if population.v_reset.any():
        zeroed = replace(population, v_reset=_NONE)
        yield _changed(layer, Rule.RESET, "the layer resets v to 0, not to v_reset", zeroed)
    cleared = replace(layer, rules=replace(layer.rules, clears_current=True))
    yield Alternative(rule=Rule.RESET, says="a spike clears u as well as v", layer=cleared)


def comparisons(layer: Layer) -> Iterator[Alternative]:
    """Yield a threshold that fires when reached, one a mantissa lower, and no negative spikes."""
    population = layer.population
    if not population.spiking:
        return
    inclusive = replace(layer, rules=replace(layer.rules, inclusive=True))
    says = "the layer fires at v >= threshold, not only at v > threshold"
    yield Alternative(rule=Rule.COMPARE, says=says, layer=inclusive)
    for step in (-1, 1):
        says = f"the layer has a threshold mantissa {step:+d}"
        moved = replace(population, vth=population.vth + np.int32(step))
        yield _changed(layer, Rule.COMPARE, says, moved)
    if population.vth_low is not None:
        says = "the layer sends no negative spikes"
        yield _changed(layer, Rule.COMPARE, says, replace(population, vth_low=None))


def decays(layer: Layer) -> Iterator[Alternative]:
    """Yield decays that are off by one, and filters that are missing."""
    population = layer.population
    if (population.du > -1).any():
        says = "u loses du of 4096 a step, not du + 1"
        slower = replace(population, du=population.du - np.int32(1))
        yield _changed(layer, Rule.DECAY, says, slower)
    if (population.du < 4095).any():
        says = "u is not filtered: nothing is kept from step to step"
        instant = replace(population, du=np.full((), 4095, np.int32))
        yield _changed(layer, Rule.DECAY, says, instant)
    for step in (1, -1):
        says = f"v loses dv {step:+d} of 4096 a step"
        moved = replace(population, dv=population.dv + np.int32(step))
        yield _changed(layer, Rule.DECAY, says, moved)
    if population.dv.any():
        says = "v does not decay"
        yield _changed(layer, Rule.DECAY, says, replace(population, dv=_NONE))


def decay_roundings(layer: Layer) -> Iterator[Alternative]:
    """Yield decays whose fraction goes elsewhere than toward zero."""
    for rounding in (Rounding.DOWN, Rounding.NEAREST, Rounding.NONE):
        changed = replace(layer, rules=replace(layer.rules, rounding=rounding))
        says = f"the layer rounds decays {rounding.value}, not toward zero"
        yield Alternative(rule=Rule.ROUNDING, says=says, layer=changed)


def starts(layer: Layer) -> Iterator[Alternative]:
    """Yield another first step, and an initial state of 0."""
    population = layer.population
    for step in sorted({0, population.t_start - 1, population.t_start + 1}):
        if step >= 0 and step != population.t_start:
            says = f"the layer moves from step {step} on, not from step {population.t_start}"
            yield _changed(layer, Rule.START, says, replace(population, t_start=step))
    if population.u0.any() or population.v0.any():
        zeroed = replace(population, u0=_NONE, v0=_NONE)
        yield _changed(
            layer, Rule.START, "the layer starts from u = v = 0, not from u0 and v0", zeroed
        )


def _changed(layer: Layer, rule: Rule, says: str, population: Population) -> Alternative:
    return Alternative(rule=rule, says=says, layer=replace(layer, population=population))
