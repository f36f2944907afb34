"""An operator applied to values in int64, the plain way."""

import numpy as np
from numpy.typing import NDArray

from neurodeploy.program.operator import Conv, Dense, Direct, Operator, Sparse

Integers = NDArray[np.int64]


def apply(operator: Operator, weights: Integers, values: Integers) -> Integers:
    """Return ``weights`` (shaped like the operator's mantissas) times `values`, one a target."""
    match operator:
        case Dense():
            return weights @ values
        case Sparse():
            sources = np.repeat(np.arange(operator.n_in), np.diff(operator.indptr))
            result = np.zeros(operator.n_out, np.int64)
            np.add.at(result, operator.targets, weights * values[sources])
            return result
        case Conv():
            return _convolved(operator, weights, values)
        case Direct():
            return values


def _convolved(operator: Conv, weights: Integers, values: Integers) -> Integers:
    geometry = operator.geometry
    image = values.reshape(geometry.input_shape)
    result = np.zeros(geometry.output_shape, np.int64)
    n_in, n_out = geometry.weight_shape[1], geometry.out_channels // geometry.groups
    for group in range(geometry.groups):
        source = image[group * n_in : (group + 1) * n_in]
        target = slice(group * n_out, (group + 1) * n_out)
        for i in range(geometry.kernel[0]):
            for j in range(geometry.kernel[1]):
                (y_out, y_in), (x_out, x_in) = geometry.taps(0, i), geometry.taps(1, j)
                part = source[:, y_in[:, None], x_in[None, :]]
                tap = np.tensordot(weights[target, :, i, j], part, axes=1)
                result[target, y_out[:, None], x_out[None, :]] += tap
    return result.ravel()
