"""What arrives at a layer: every projection applied to all steps of all samples at once.

Written apart from `program.reference`, so that the two check each other.
"""

from collections.abc import Mapping
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from neurodeploy.geometry.conv import ConvGeometry
from neurodeploy.program import Conv, Dense, Direct, NumberFormat, Projection, Sparse
from neurodeploy.program.fixed_point import shifted, wrap
from neurodeploy.verification.layer import Ints, Layer

N = TypeVar("N", np.int64, np.float64)

_EXACT = float(1 << 53)
"""Below it sums of integers are exact in float64, and BLAS multiplies them."""

_BLOCK = 1024
"""Sources of a sparse operator that are written out at once."""


def arrivals(layer: Layer, outputs: Mapping[str, Ints], extent: tuple[int, int]) -> Ints:
    """Return the summed input of `layer`, (sample, step, neuron).

    Parameters
    ----------
    outputs : (sample, step, neuron) by source.
    extent : number of samples and of steps.
    """
    total = np.zeros((*extent, layer.population.size), np.int64)
    for projection in layer.projections:
        values = np.sum([outputs[source] for source in projection.sources], axis=0)
        _add(total, projection, values, layer.formats)
    return wrap(total, layer.formats.dense_sum_bits)


def _add(total: Ints, projection: Projection, values: Ints, formats: NumberFormat) -> None:
    operator, n_steps = projection.operator, total.shape[1]
    if isinstance(operator, Direct):
        _add_late(total, values, int(projection.delay_steps))
        return
    payload = values if projection.graded else (values != 0).astype(np.int64)
    bits = formats.conv_sum_bits if isinstance(operator, Conv) else formats.dense_sum_bits
    rows = payload.reshape(-1, payload.shape[2])
    for delay in np.unique(projection.delay_steps):
        weights = np.where(projection.delay_steps == delay, operator.mantissa, 0)
        summed = wrap(_product(operator, weights, rows), formats.dense_sum_bits)
        arriving = wrap(shifted(summed, projection.weight_exp), bits)
        _add_late(total, arriving.reshape(-1, n_steps, operator.n_out), int(delay))


def _add_late(total: Ints, values: Ints, delay: int) -> None:
    n_steps = total.shape[1]
    if delay < n_steps:
        total[:, delay:] += values[:, : n_steps - delay]


def _product(operator: Dense | Sparse | Conv, weights: NDArray[np.integer], rows: Ints) -> Ints:
    """Return the weighted sums (row, n_out), exactly."""
    largest = float(np.abs(rows).max(initial=0)) * float(np.abs(weights.astype(np.float64)).sum())
    if largest < _EXACT:
        summed = _applied(operator, weights.astype(np.float64), rows.astype(np.float64))
        return summed.astype(np.int64)
    return _applied(operator, weights.astype(np.int64), rows)


def _applied(operator: Dense | Sparse | Conv, weights: NDArray[N], rows: NDArray[N]) -> NDArray[N]:
    match operator:
        case Dense():
            return rows @ weights.T
        case Sparse():
            return _sparse(operator, weights, rows)
        case Conv():
            return _conv(operator, weights, rows)


def _sparse(operator: Sparse, weights: NDArray[N], rows: NDArray[N]) -> NDArray[N]:
    product = np.zeros((len(rows), operator.n_out), rows.dtype)
    sources = np.repeat(np.arange(operator.n_in), np.diff(operator.indptr))
    for first in range(0, operator.n_in, _BLOCK):
        last = min(first + _BLOCK, operator.n_in)
        part = slice(operator.indptr[first], operator.indptr[last])
        block = np.zeros((last - first, operator.n_out), rows.dtype)
        np.add.at(block, (sources[part] - first, operator.targets[part]), weights[part])
        product += rows[:, first:last] @ block
    return product


def _conv(operator: Conv, weights: NDArray[N], rows: NDArray[N]) -> NDArray[N]:
    """Sum the kernel's taps: each moves a part of the image onto a part of the result."""
    geometry: ConvGeometry = operator.geometry
    images = rows.reshape(len(rows), *geometry.input_shape)
    product = np.zeros((len(rows), *geometry.output_shape), rows.dtype)
    n_in, n_out = geometry.weight_shape[1], geometry.out_channels // geometry.groups
    for i, j in np.ndindex(*geometry.kernel):
        (y_out, y_in), (x_out, x_in) = geometry.taps(0, i), geometry.taps(1, j)
        seen = images[:, :, y_in[:, None], x_in[None, :]]
        for group in range(geometry.groups):
            targets = slice(group * n_out, (group + 1) * n_out)
            sources = slice(group * n_in, (group + 1) * n_in)
            moved = np.tensordot(seen[:, sources], weights[targets, :, i, j], axes=(1, 1))
            product[:, targets, y_out[:, None], x_out[None, :]] += np.moveaxis(moved, -1, 1)
    return product.reshape(len(rows), -1)
