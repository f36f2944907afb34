"""Alternatives of size: weights, biases and payloads that count more, less or not at all."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from neurodeploy.program import Direct
from neurodeploy.verification.alternatives.alternative import Alternative, Rule
from neurodeploy.verification.alternatives.replaced import replaced
from neurodeploy.verification.layer import Layer

_EXPONENTS = (1, -1, 2, -2, 6, -6, 8, -8)


def gains(layer: Layer) -> Iterator[Alternative]:
    """Yield weights and biases that count a power of two more or less, or not at all."""
    for projection in layer.projections:
        for power in _EXPONENTS:
            says = f"projection {projection.name!r} counts {2.0**power:g} times"
            scaled = replace(projection, weight_exp=projection.weight_exp + power)
            if not isinstance(projection.operator, Direct):
                yield replaced(layer, Rule.GAIN, says, scaled)
        if not isinstance(projection.operator, Direct):
            verb = "takes each payload as one spike" if projection.graded else "takes payloads"
            says = f"projection {projection.name!r} {verb}"
            flipped = replace(projection, graded=not projection.graded)
            yield replaced(layer, Rule.GAIN, says, flipped)
    yield from _bias_gains(layer)


def _bias_gains(layer: Layer) -> Iterator[Alternative]:
    population = layer.population
    if not population.bias_mant.any():
        return
    silent = replace(population, bias_mant=np.zeros((), np.int32))
    yield Alternative(
        rule=Rule.GAIN, says="the layer adds no bias", layer=replace(layer, population=silent)
    )
    for power in _EXPONENTS:
        scaled = replace(population, bias_exp=population.bias_exp + np.int32(power))
        says = f"the bias counts {2.0**power:g} times"
        yield Alternative(rule=Rule.GAIN, says=says, layer=replace(layer, population=scaled))
