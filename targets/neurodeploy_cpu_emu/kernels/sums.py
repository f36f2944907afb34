"""What every kind of synapses does with its sums: `fold` says how one becomes input."""

from typing import TypeAlias

import numpy as np

from neurodeploy.machine.compiled import compiled
from neurodeploy_cpu_emu.kernels.arrays import I16, I32, Weights
from neurodeploy_cpu_emu.kernels.lanes import left, right

Fold: TypeAlias = tuple[int, int, int, int]
"""Scale, weight exponent, bits of the sum, bits of the shifted sum."""


@compiled
def add_scaled(row: Weights, payload: int, total: I32) -> None:
    """Add ``row * payload`` to `total`, in 32 bits."""
    for j in range(row.shape[0]):
        total[j] += np.int32(row[j]) * payload


@compiled
def deliver(total: I16 | I32, fold: Fold, a_in: I32) -> None:
    """Add ``total * scale``, wrapped, shifted by the exponent and wrapped again, to `a_in`.

    All of it in 32 bits, which agrees with wraps of at most 32 bits; a shift by more leaves
    nothing to the left, and the sign to the right.
    """
    scale, exponent, sum_bits, bits = fold
    up, down = max(exponent, 0), min(max(-exponent, 0), 31) & 31
    factor = np.int32(scale if up < 32 else 0)
    up &= 31
    spare, last_spare = (32 - sum_bits) & 31, (32 - bits) & 31
    for j in range(a_in.shape[0]):
        value = np.int32(np.int32(total[j]) * factor)
        value = right(left(right(left(value, spare), spare), up), down)
        a_in[j] += right(left(value, last_spare), last_spare)
