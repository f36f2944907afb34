"""Sparse projections: listed synapses, each to the target it names."""

import numpy as np

from neurodeploy.machine.compiled import compiled
from neurodeploy_cpu_emu.kernels.arrays import I32, I64
from neurodeploy_cpu_emu.kernels.lanes import prefetch
from neurodeploy_cpu_emu.kernels.spikes import Events
from neurodeploy_cpu_emu.kernels.sums import Fold, deliver

AHEAD = 32
"""Events between asking for a row of synapses, which seldom lies in a cache, and adding it."""


@compiled
def add_sparse(
    listed: Events,
    graded: bool,
    lags: I64,
    indptr: I64,
    targets: I32,
    mantissa: I32,
    fold: Fold,
    a_in: I32,
) -> None:
    """Add listed synapses to `a_in` (sample, step, target).

    Piece p, ``indptr[p]`` by source, lags by ``lags[p]``. Where nothing wraps before 32 bits and
    nothing is shifted out, a synapse is added to its target at once.
    """
    event_ptr, _, _ = listed
    n_samples, n_rows, n_out = a_in.shape
    heard = (event_ptr.shape[0] - 1) // n_samples
    scale, exponent, sum_bits, bits = fold
    at_once = 0 <= exponent < 32 and sum_bits == 32 and bits == 32
    total = np.zeros(0 if at_once else n_out, np.int32)
    for b in range(n_samples):
        for r in range(n_rows):
            for p in range(lags.shape[0]):
                row = r + lags[p]
                if row < 0 or event_ptr[b * heard + row] == event_ptr[b * heard + row + 1]:
                    continue
                row += b * heard
                if at_once:
                    factor = scale << (exponent & 31)
                    _add(listed, row, graded, factor, indptr[p], targets, mantissa, a_in[b, r])
                else:
                    total[:] = 0
                    _add(listed, row, graded, 1, indptr[p], targets, mantissa, total)
                    deliver(total, fold, a_in[b, r])


@compiled
def _add(
    listed: Events,
    row: int,
    graded: bool,
    factor: int,
    indptr: I64,
    targets: I32,
    mantissa: I32,
    total: I32,
) -> None:
    event_ptr, sources, payloads = listed
    last = event_ptr[row + 1]
    for e in range(event_ptr[row], last):
        if e + 2 * AHEAD < last:
            prefetch(indptr, sources[e + 2 * AHEAD])
        if e + AHEAD < last:
            prefetch(targets, indptr[sources[e + AHEAD]])
            prefetch(mantissa, indptr[sources[e + AHEAD]])
        payload = np.int32((payloads[e] if graded else 1) * factor)
        for s in range(indptr[sources[e]], indptr[sources[e] + 1]):
            total[targets[s]] += mantissa[s] * payload
