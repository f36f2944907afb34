"""What reaches a population: its projections pull the spikes that are due in a run of steps.

Nothing is carried from step to step: a synapse of delay d looks d steps back into the outputs.
"""

from collections.abc import Mapping
from functools import reduce

import numpy as np
from numpy.typing import NDArray

from neurodeploy_cpu_emu.kernels.compiled import Raster
from neurodeploy_cpu_emu.kernels.conv import add_conv
from neurodeploy_cpu_emu.kernels.dense import add_dense
from neurodeploy_cpu_emu.kernels.sparse import add_sparse
from neurodeploy_cpu_emu.kernels.spikes import Events, events
from neurodeploy_cpu_emu.plan import Incoming, Neurons
from neurodeploy_cpu_emu.synapses import ConvSynapses, DenseSynapses, SparseSynapses


def arrivals(
    neurons: Neurons, outputs: Mapping[str, Raster], start: int, stop: int
) -> NDArray[np.int32]:
    """Return what reaches each neuron in the steps ``start:stop``, int32 (sample, step, neuron)."""
    n_samples = len(next(iter(outputs.values())))
    a_in = np.zeros((n_samples, stop - start, neurons.size), np.int32)
    for incoming in neurons.incoming:
        _add(incoming, outputs, start, a_in)
    return a_in


def heard(
    incoming: Incoming, outputs: Mapping[str, Raster], start: int, stop: int
) -> tuple[Events, int]:
    """Return the events due in the steps ``start:stop`` and the row of the first of them.

    For synapses of one delay; a row before the first is a step in which nothing is due.
    """
    shortest, longest = incoming.delay_range
    first = max(start - longest, 0)
    last = max(stop - shortest, first)
    return _events(incoming, outputs, first, last), start - first - shortest


def _add(
    incoming: Incoming, outputs: Mapping[str, Raster], start: int, a_in: NDArray[np.int32]
) -> None:
    synapses, graded, fold = incoming.synapses, incoming.graded, incoming.fold
    shortest, longest = incoming.delay_range
    first = max(start - longest, 0)
    last = max(start + a_in.shape[1] - shortest, first)
    if synapses is None:
        raster = _summed(incoming, outputs, first, last)
        a_in += outputs[incoming.sources[0]][:, first:last] if raster is None else raster
        return
    listed = _events(incoming, outputs, first, last)
    lag = start - first
    match synapses:
        case DenseSynapses(weights=weights, partial=partial):
            lag -= shortest
            add_dense(listed, graded, lag, weights, partial, fold, a_in)
        case SparseSynapses(delays=delays, indptr=indptr, targets=targets, mantissa=mantissa):
            add_sparse(listed, graded, lag - delays, indptr, targets, mantissa, fold, a_in)
        case ConvSynapses(kernel=kernel, rows=rows, columns=columns, shapes=shapes):
            lag -= shortest
            add_conv(listed, graded, lag, kernel, rows, columns, shapes, fold, a_in)


def _events(incoming: Incoming, outputs: Mapping[str, Raster], first: int, last: int) -> Events:
    """Return what is not 0 in the steps ``first:last``, sample by sample."""
    raster = _summed(incoming, outputs, first, last)
    if raster is None:
        raster = outputs[incoming.sources[0]]
    else:
        first, last = 0, last - first
    return events(raster, first, last, incoming.graded)


def _summed(
    incoming: Incoming, outputs: Mapping[str, Raster], first: int, last: int
) -> Raster | None:
    """Return the sum of the sources in the steps ``first:last``, or whether it is not 0.

    None stands for a single source, which is read where it is.
    """
    if len(incoming.sources) == 1:
        return None
    parts = (outputs[source][:, first:last].astype(np.int64) for source in incoming.sources)
    total = reduce(np.add, parts)
    return total.astype(np.int32) if incoming.graded else (total != 0).astype(np.int8)
