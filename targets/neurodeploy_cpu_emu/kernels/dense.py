"""Dense projections: a tile of targets at a time, so that its weights stay in the nearest cache."""

import numpy as np

from neurodeploy.machine.compiled import compiled, inlined
from neurodeploy_cpu_emu.kernels.arrays import I16, I32, Weights
from neurodeploy_cpu_emu.kernels.lanes import sum_rows
from neurodeploy_cpu_emu.kernels.spikes import Events
from neurodeploy_cpu_emu.kernels.sums import Fold, add_scaled, deliver

WIDTHS = (16, 32, 64, 128)
"""Targets of a tile: as many as registers hold sums of."""

CHUNK = 128
"""Rows of 8-bit weights whose sum cannot leave 16 bits."""


@compiled
def add_dense(
    listed: Events,
    graded: bool,
    lag: int,
    weights: Weights,
    partial: I16 | I32,
    fold: Fold,
    a_in: I32,
) -> None:
    """Add a dense projection to `a_in` (sample, step, target).

    Row r of a sample hears the events of its row ``r + lag``.

    Parameters
    ----------
    weights : (tile, source, target in the tile)
    partial : scratch of a tile, int16 for 8-bit weights, else int32
    """
    indptr, sources, payloads = listed
    n_samples, n_rows, n_out = a_in.shape
    heard = (indptr.shape[0] - 1) // n_samples
    flat, width = weights.ravel(), weights.shape[2]
    total = np.empty(width, np.int32)
    for tile in range(weights.shape[0]):
        begin = tile * weights.shape[1] * width
        left, right = tile * width, min((tile + 1) * width, n_out)
        for b in range(n_samples):
            for r in range(max(-lag, 0), n_rows):
                row = b * heard + r + lag
                low, high = indptr[row], indptr[row + 1]
                if low == high:
                    continue
                target = a_in[b, r, left:right]
                if graded:
                    total[:] = 0
                    for e in range(low, high):
                        add_scaled(weights[tile, sources[e]], payloads[e], total)
                    deliver(total, fold, target)
                elif high - low <= CHUNK:
                    sum_tile(flat, begin, sources, low, high, width, partial)
                    deliver(partial, fold, target)
                else:
                    total[:] = 0
                    for part in range(low, high, CHUNK):
                        sum_tile(
                            flat, begin, sources, part, min(part + CHUNK, high), width, partial
                        )
                        add_scaled(partial, 1, total)
                    deliver(total, fold, target)


@inlined
def sum_tile(
    flat: Weights, begin: int, sources: I32, low: int, high: int, width: int, partial: I16 | I32
) -> None:
    """Set `partial` to the sum of the rows of ``sources[low:high]``; the tile starts at `begin`."""
    if width == 128:
        sum_rows(flat, begin, sources, low, high, 128, partial)
    elif width == 64:
        sum_rows(flat, begin, sources, low, high, 64, partial)
    elif width == 32:
        sum_rows(flat, begin, sources, low, high, 32, partial)
    else:
        sum_rows(flat, begin, sources, low, high, 16, partial)
