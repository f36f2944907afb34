"""Which source neurons have synapses into a range of target neurons, and how many."""

import numpy as np
from numpy.typing import NDArray

from neurodeploy.geometry.boxes import Box, Ends, boxes
from neurodeploy.geometry.conv import ConvGeometry
from neurodeploy.program.operator import Conv, Dense, Direct, Operator, Sparse


def fan_out(
    operator: Dense | Sparse | Conv, start: int, stop: int, *, effective: bool
) -> NDArray[np.int64]:
    """Count the synapses into target neurons ``start:stop`` (C order), by source neuron.

    Parameters
    ----------
    effective : False counts stored weights, zeros included where the operator stores them; True
        counts weights that are not 0. Neither counts what falls into a convolution's padding.

    Returns
    -------
    int64 (n_in,)
    """
    match operator:
        case Dense():
            if not effective:
                return np.full(operator.n_in, stop - start, np.int64)
            return np.count_nonzero(operator.mantissa[start:stop], axis=0).astype(np.int64)
        case Sparse():
            return _sparse(operator, start, stop, effective)
        case Conv():
            shape = operator.geometry.output_shape
            found = np.zeros(operator.n_in, np.int64)
            for box in boxes(shape, start, stop):
                found += _conv(operator, box, effective)
            return found


def reaches(operator: Operator, start: int, stop: int) -> NDArray[np.bool_]:
    """Say which source neurons have a stored synapse into target neurons ``start:stop``, (n_in,).

    Without weights (`Direct`) each reaches its own neuron; the length is then `stop`.
    """
    match operator:
        case Direct():
            return np.arange(stop) >= start
        case Conv():
            found = np.zeros(operator.geometry.input_shape, np.bool_)
            for box in boxes(operator.geometry.output_shape, start, stop):
                rows, columns = conv_reach(operator.geometry, box)
                found[conv_channels(operator.geometry, box)] |= np.outer(rows, columns)
            return found.ravel()
        case _:
            return fan_out(operator, start, stop, effective=False) > 0


def conv_channels(geometry: ConvGeometry, box: Box) -> slice:
    """Return the input channels that the output channels of `box` hear."""
    n_in, n_out = geometry.weight_shape[1], geometry.out_channels // geometry.groups
    first, last = box.channels
    return slice(first // n_out * n_in, ((last - 1) // n_out + 1) * n_in)


def conv_reach(geometry: ConvGeometry, box: Box) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return which input rows and which input columns have a synapse into `box`."""
    hits_y, hits_x = _hits(geometry, 0, box.rows), _hits(geometry, 1, box.columns)
    return hits_y.sum(axis=0) > 0, hits_x.sum(axis=0) > 0


def conv_synapses(geometry: ConvGeometry, box: Box) -> int:
    """Count the synapses into `box`, those of the padding left out."""
    n_taps = [int(_hits(geometry, a, ends).sum()) for a, ends in ((0, box.rows), (1, box.columns))]
    return (box.channels[1] - box.channels[0]) * geometry.weight_shape[1] * n_taps[0] * n_taps[1]


def _sparse(operator: Sparse, start: int, stop: int, effective: bool) -> NDArray[np.int64]:
    counted = (operator.targets >= start) & (operator.targets < stop)
    if effective:
        counted &= operator.mantissa != 0
    before = np.concatenate([[0], np.cumsum(counted)])
    return np.diff(before[operator.indptr]).astype(np.int64)


def _conv(operator: Conv, box: Box, effective: bool) -> NDArray[np.int64]:
    """Count into a box: taps that reach it along y, times along x, times output channels.

    With zero weights the number of channels depends on the tap, so taps are summed last.
    """
    geometry = operator.geometry
    hits_y, hits_x = _hits(geometry, 0, box.rows), _hits(geometry, 1, box.columns)
    found = np.zeros(geometry.input_shape, np.int64)
    n_in, n_out = geometry.weight_shape[1], geometry.out_channels // geometry.groups
    first, last = box.channels
    for group in range(first // n_out, (last - 1) // n_out + 1):
        weights = operator.mantissa[max(first, group * n_out) : min(last, (group + 1) * n_out)]
        channels = slice(group * n_in, (group + 1) * n_in)
        if effective:
            nonzero = np.count_nonzero(weights, axis=0).astype(np.int64)
            found[channels] = hits_y.T @ (nonzero @ hits_x)
        else:
            found[channels] = len(weights) * np.outer(hits_y.sum(axis=0), hits_x.sum(axis=0))
    return found.ravel()


def _hits(geometry: ConvGeometry, axis: int, ends: Ends) -> NDArray[np.int64]:
    """Return 1 where a tap of the kernel takes an input position into outputs `ends`.

    Along one axis; (kernel, n_in). A tap takes a position to one output at most.
    """
    hits = np.zeros((geometry.kernel[axis], geometry.input_shape[1 + axis]), np.int64)
    for tap in range(geometry.kernel[axis]):
        outputs, inputs = geometry.taps(axis, tap)
        hits[tap, inputs[(outputs >= ends[0]) & (outputs < ends[1])]] = 1
    return hits
