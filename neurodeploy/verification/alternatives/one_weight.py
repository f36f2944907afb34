"""Alternatives of a single weight, read off the first current that differs.

Where one weight is another, the currents of its target part first when its source has just spiked,
by the difference of the two weights; every synapse that then delivered may be the one.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from neurodeploy.program import Conv, Dense, Direct, Projection, Sparse
from neurodeploy.program.fixed_point import SignMode, sign_mode_of
from neurodeploy.verification.alternatives.alternative import Alternative, Rule
from neurodeploy.verification.alternatives.replaced import replaced, with_weights
from neurodeploy.verification.layer import Ints, Layer

_ENDS = frozenset({-256, -255, -128, -127, 127, 128, 254, 255, 256})
"""Ends of the ranges of 8 and 9 bits, where a weight that does not fit comes to lie."""

_MOST = 300
"""Synapses that are tried."""

Index = tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstCurrent:
    """The first current that differs: of which neuron, when, and by how much."""

    step: int
    neuron: int
    by: int


def one_weight(
    layer: Layer, heard: Mapping[str, Ints], current: FirstCurrent
) -> Iterator[Alternative]:
    """Yield each weight that delivered to the neuron in that step, changed so that it explains it.

    Parameters
    ----------
    heard : (1, step, neuron) by source, of the sample in which the current differs.
    """
    tried = 0
    for projection in layer.projections:
        if isinstance(projection.operator, Direct):
            continue
        for index, payload in _delivered(projection, heard, current):
            change = _change(layer, projection, payload, current.by)
            tried += 1
            if change and tried <= _MOST:
                yield _with_one(layer, projection, index, change)


def _change(layer: Layer, projection: Projection, payload: int, by: int) -> int:
    """Return what the weight must have gained for the current to differ by that, 0 if it cannot."""
    unit = payload * 2.0 ** (projection.weight_exp + layer.formats.state_shift)
    return int(by / unit) if by % unit == 0 else 0


def _with_one(layer: Layer, projection: Projection, index: Index, change: int) -> Alternative:
    assert not isinstance(projection.operator, Direct)
    before = projection.operator.mantissa
    mantissa = before.copy()
    mantissa[index] += change
    value, mixed = int(mantissa[index]), sign_mode_of(before) is SignMode.MIXED
    rule, why = Rule.GAIN, ""
    if value in _ENDS or int(before[index]) in _ENDS:
        rule, why = Rule.SATURATION, ", at the end of the range"
    elif mixed and abs(change) == 1:
        rule, why = Rule.ROUNDING, ", and weights of mixed signs are even"
    place = ", ".join(map(str, index))
    says = f"projection {projection.name!r} has weight [{place}] {value}, not {before[index]}{why}"
    return replaced(layer, rule, says, with_weights(projection, mantissa))


def _delivered(
    projection: Projection, heard: Mapping[str, Ints], current: FirstCurrent
) -> Iterator[tuple[Index, int]]:
    """Yield the index of each weight that reached the neuron in the step, and with what payload."""
    values = np.sum([heard[source][0] for source in projection.sources], axis=0)
    operator = projection.operator
    assert not isinstance(operator, Direct)
    delays = np.broadcast_to(projection.delay_steps, operator.mantissa.shape)
    for index, source in _synapses_of(operator, current.neuron):
        sent = current.step - int(delays[index])
        payload = int(values[sent, source]) if sent >= 0 else 0
        if payload:
            yield index, payload if projection.graded else 1


def _synapses_of(operator: Dense | Sparse | Conv, neuron: int) -> Iterator[tuple[Index, int]]:
    """Yield (index of the weight, source neuron) of every synapse of target `neuron`."""
    match operator:
        case Dense():
            yield from (((neuron, source), source) for source in range(operator.n_in))
        case Sparse():
            sources = np.repeat(np.arange(operator.n_in), np.diff(operator.indptr))
            for k in np.flatnonzero(operator.targets == neuron):
                yield (int(k),), int(sources[k])
        case Conv():
            yield from _taps_of(operator, neuron)


def _taps_of(operator: Conv, neuron: int) -> Iterator[tuple[Index, int]]:
    geometry = operator.geometry
    _, height, width = geometry.input_shape
    channel, y, x = (int(k) for k in np.unravel_index(neuron, geometry.output_shape))
    n_in = geometry.weight_shape[1]
    first = channel // (geometry.out_channels // geometry.groups) * n_in
    for c, i, j in np.ndindex(n_in, *geometry.kernel):
        row = y * geometry.stride[0] - geometry.padding[0] + i * geometry.dilation[0]
        column = x * geometry.stride[1] - geometry.padding[1] + j * geometry.dilation[1]
        if 0 <= row < height and 0 <= column < width:
            source = ((first + c) * height + row) * width + column
            yield (channel, c, i, j), source
