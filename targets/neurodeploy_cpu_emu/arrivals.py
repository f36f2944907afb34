"""What reaches a population: its projections pull the spikes that are due in a run of steps.

Nothing is carried from step to step: a synapse of delay d looks d steps back into the outputs.
"""

from collections.abc import Mapping
from functools import reduce

import numpy as np
from numpy.typing import NDArray

from neurodeploy_cpu_emu.kernels import synapses as kernels
from neurodeploy_cpu_emu.kernels.compiled import Raster
from neurodeploy_cpu_emu.plan import Incoming, Neurons
from neurodeploy_cpu_emu.synapses import ConvSynapses, DenseSynapses, SparseSynapses


def arrivals(
    neurons: Neurons, outputs: Mapping[str, Raster], start: int, stop: int
) -> NDArray[np.int32]:
    """Return what reaches each neuron in the steps ``start:stop``, int32 (step, neuron)."""
    a_in = np.zeros((stop - start, neurons.size), np.int32)
    for incoming in neurons.incoming:
        _add(incoming, outputs, start, a_in)
    return a_in


def _add(
    incoming: Incoming, outputs: Mapping[str, Raster], start: int, a_in: NDArray[np.int32]
) -> None:
    synapses, graded, fold = incoming.synapses, incoming.graded, incoming.fold
    shortest, longest = incoming.delay_range
    first = max(start - longest, 0)
    last = max(start + len(a_in) - shortest, first)
    raster = _summed(incoming, outputs, first, last)
    if synapses is None:
        a_in += raster
        return
    listed = kernels.events(raster, graded)
    lag = start - first
    match synapses:
        case DenseSynapses(weights=weights, partial=partial):
            lag -= shortest
            kernels.add_dense(listed, graded, lag, weights, partial, fold, a_in)
        case SparseSynapses(delays=delays, indptr=indptr, targets=targets, mantissa=mantissa):
            kernels.add_sparse(listed, graded, lag - delays, indptr, targets, mantissa, fold, a_in)
        case ConvSynapses(kernel=kernel, rows=rows, columns=columns, shapes=shapes):
            lag -= shortest
            kernels.add_conv(listed, graded, lag, kernel, rows, columns, shapes, fold, a_in)


def _summed(incoming: Incoming, outputs: Mapping[str, Raster], first: int, last: int) -> Raster:
    """Return the sum of the sources in the steps ``first:last``, or whether it is not 0."""
    parts = [outputs[source][first:last] for source in incoming.sources]
    if len(parts) == 1:
        return parts[0]
    total = reduce(np.add, (part.astype(np.int64) for part in parts))
    return total.astype(np.int32) if incoming.graded else (total != 0).astype(np.int8)
