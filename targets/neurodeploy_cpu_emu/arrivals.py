"""What reaches a population: its projections pull the spikes that are due in a run of steps.

Nothing is carried from step to step: a synapse of delay d looks d steps back into the outputs.
"""

from collections.abc import Mapping
from functools import reduce

import numpy as np
from numpy.typing import NDArray

from neurodeploy.machine.spikes import listed
from neurodeploy_cpu_emu.kernels.arrays import Raster
from neurodeploy_cpu_emu.kernels.conv import add_conv
from neurodeploy_cpu_emu.kernels.dense import add_dense
from neurodeploy_cpu_emu.kernels.sparse import add_sparse
from neurodeploy_cpu_emu.kernels.spikes import ONE, Events, events
from neurodeploy_cpu_emu.plan import Incoming, Neurons
from neurodeploy_cpu_emu.synapses import ConvSynapses, DenseSynapses, SparseSynapses
from neurodeploy_cpu_emu.trace import BlockTrace


def arrivals(neurons: Neurons, trace: BlockTrace, start: int, stop: int) -> NDArray[np.int32]:
    """Return what reaches each neuron in the steps ``start:stop``, int32 (sample, step, neuron)."""
    a_in = np.zeros((trace.n_samples, stop - start, neurons.size), np.int32)
    for incoming in neurons.incoming:
        _add(incoming, trace, start, a_in)
    return a_in


def heard(incoming: Incoming, trace: BlockTrace, start: int, stop: int) -> tuple[Events, int]:
    """Return the events that are due in ``start:stop``, and which row has those of delay 0.

    A row before the first is a step in which nothing is due.
    """
    shortest, longest = incoming.delay_range
    first = max(start - longest, 0)
    last = max(stop - shortest, first)
    whole = start == 0 and stop == trace.n_steps
    if whole and incoming.finished and not incoming.graded and len(incoming.sources) == 1:
        return spikes_of(incoming.sources[0], trace), 0
    return _events(incoming, trace.outputs, first, last), start - first


def spikes_of(source: str, trace: BlockTrace) -> Events:
    """Return the spikes of all steps of a source that has moved them; others will want them too."""
    if (source,) not in trace.lists:
        raster = trace.outputs[source]
        trace.lists[(source,)] = listed(raster.reshape(-1, raster.shape[2]))
    return (*trace.lists[(source,)].numbers, ONE)


def _add(incoming: Incoming, trace: BlockTrace, start: int, a_in: NDArray[np.int32]) -> None:
    synapses, graded, fold = incoming.synapses, incoming.graded, incoming.fold
    shortest, longest = incoming.delay_range
    if synapses is None:
        first = max(start - longest, 0)
        last = max(start + a_in.shape[1] - shortest, first)
        raster = _summed(incoming, trace.outputs, first, last)
        a_in += trace.outputs[incoming.sources[0]][:, first:last] if raster is None else raster
        return
    listed, lag = heard(incoming, trace, start, start + a_in.shape[1])
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
