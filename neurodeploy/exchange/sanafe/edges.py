"""Every synapse of an operator by itself, ordered by source: what SANA-FE's edges list."""

import numpy as np
from numpy.typing import NDArray

from neurodeploy.program import Conv, Dense, Sparse

Synapses = tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]


def synapses(operator: Dense | Sparse | Conv) -> Synapses:
    """Return (sources, targets, mantissas) of every stored synapse, zeros included; (k,) each."""
    match operator:
        case Dense():
            sources, targets = np.divmod(
                np.arange(operator.n_in * operator.n_out, dtype=np.int64), operator.n_out
            )
            return sources, targets, operator.mantissa.T.ravel().astype(np.int64)
        case Sparse():
            sources = np.repeat(np.arange(operator.n_in), np.diff(operator.indptr))
            return sources, operator.targets.astype(np.int64), operator.mantissa.astype(np.int64)
        case Conv():
            return _unrolled(operator)


def _unrolled(operator: Conv) -> Synapses:
    geometry = operator.geometry
    sources = np.arange(operator.n_in).reshape(geometry.input_shape)
    targets = np.arange(operator.n_out).reshape(geometry.output_shape)
    n_in, n_out = geometry.weight_shape[1], geometry.out_channels // geometry.groups
    parts = []
    for o in range(geometry.out_channels):
        for c in range(n_in):
            source = sources[o // n_out * n_in + c]
            for i, j in np.ndindex(*geometry.kernel):
                (y_out, y_in), (x_out, x_in) = geometry.taps(0, i), geometry.taps(1, j)
                hit = source[np.ix_(y_in, x_in)].ravel()
                reached = targets[o][np.ix_(y_out, x_out)].ravel()
                weight = np.full(len(hit), operator.mantissa[o, c, i, j], np.int64)
                parts.append((hit, reached, weight))
    columns = [np.concatenate(part) for part in zip(*parts, strict=True)]
    order = np.lexsort((columns[1], columns[0]))
    return columns[0][order], columns[1][order], columns[2][order]
