"""Alternatives of what happens beyond the ranges of currents, voltages and sums."""

from collections.abc import Iterator
from dataclasses import replace

from neurodeploy.program import Conv
from neurodeploy.verification.alternatives.alternative import Alternative, Rule
from neurodeploy.verification.layer import Layer
from neurodeploy.verification.rules import Overflow


def overflows(layer: Layer) -> Iterator[Alternative]:
    """Yield currents and voltages that wrap, saturate or stay where a Program's do not."""
    rules = layer.rules
    for current in (Overflow.WRAP, Overflow.SATURATE, Overflow.NONE):
        says = f"a current beyond its range {current.value}, where it should wrap once"
        changed = replace(layer, rules=replace(rules, current=current))
        yield Alternative(rule=Rule.WRAP, says=says, layer=changed)
    for voltage in (Overflow.WRAP, Overflow.NONE):
        says = f"a voltage beyond its range {voltage.value}, where it should saturate"
        changed = replace(layer, rules=replace(rules, voltage=voltage))
        yield Alternative(rule=Rule.SATURATION, says=says, layer=changed)


def sum_widths(layer: Layer) -> Iterator[Alternative]:
    """Yield sums of weights that wrap at another width."""
    formats = layer.formats
    if any(isinstance(p.operator, Conv) for p in layer.projections):
        says = f"sums of a convolution wrap at {formats.dense_sum_bits} bits"
        wide = replace(formats, conv_sum_bits=formats.dense_sum_bits)
        yield Alternative(rule=Rule.WRAP, says=says, layer=replace(layer, formats=wide))
    for bits in (24, 16):
        says = f"sums of weights wrap at {bits} bits"
        narrow = replace(formats, dense_sum_bits=bits, conv_sum_bits=bits)
        yield Alternative(rule=Rule.WRAP, says=says, layer=replace(layer, formats=narrow))
