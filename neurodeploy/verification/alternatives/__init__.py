"""The registry: every alternative that a difference is tried against, likeliest first."""

from collections.abc import Callable, Iterator

from neurodeploy.verification.alternatives.alternative import Alternative, Rule
from neurodeploy.verification.alternatives.gains import gains
from neurodeploy.verification.alternatives.kernels import column_orders, kernels
from neurodeploy.verification.alternatives.neuron import (
    comparisons,
    decay_roundings,
    decays,
    resets,
    starts,
)
from neurodeploy.verification.alternatives.overflow import overflows, sum_widths
from neurodeploy.verification.alternatives.timing import layer_delays, projection_delays
from neurodeploy.verification.alternatives.weights import clipped, rounded, stored
from neurodeploy.verification.layer import Layer

__all__ = ["ALTERNATIVES", "Alternative", "Rule", "alternatives_of"]

ALTERNATIVES: tuple[Callable[[Layer], Iterator[Alternative]], ...] = (
    resets,
    comparisons,
    projection_delays,
    layer_delays,
    kernels,
    column_orders,
    clipped,
    rounded,
    stored,
    decay_roundings,
    decays,
    overflows,
    sum_widths,
    gains,
    starts,
)


def alternatives_of(layer: Layer) -> Iterator[Alternative]:
    """Yield every alternative of `layer`."""
    for family in ALTERNATIVES:
        yield from family(layer)
