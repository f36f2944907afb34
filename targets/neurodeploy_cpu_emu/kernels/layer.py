"""A dense layer moved whole: its sums become spikes while they are in the nearest cache.

A tile of targets runs all steps of a sample before the next sample begins, so that the weights of
the sources which that sample has stay near. Between two steps the tile lives in `cells`: rows of
32 bits, PITCH apart, each read or written once a step. Beyond the last neuron they hold some that
never fire. The bound is the sum itself, a byte of weights an addition; moving the neurons takes
about as long, most of it in the three products of a decay.

Only layers that need no more are moved so, see `neurodeploy_cpu_emu.layers`.
"""

import numpy as np

from neurodeploy.machine.compiled import inlined
from neurodeploy_cpu_emu.kernels.compiled import I16, I32, I64, Raster, Weights, compiled
from neurodeploy_cpu_emu.kernels.dense import CHUNK, sum_tile
from neurodeploy_cpu_emu.kernels.lanes import right
from neurodeploy_cpu_emu.kernels.neurons import BIAS, SUBTRACT_DELAYED, State
from neurodeploy_cpu_emu.kernels.spikes import Events
from neurodeploy_cpu_emu.kernels.sums import add_scaled

PITCH = 128
"""As many as the widest tile has targets."""

V, DRIVE, DECAY, THETA, TAKEN, FIXED, RESET, WORK, EXCESS = range(0, 9 * PITCH, PITCH)
"""Rows of `cells`: voltage; bias, less a threshold still to be taken off; voltage factor;
threshold; the same as it is taken off; bias; voltage after a spike; not 0 where there was something
to do; not 0 where the voltage was clipped."""

_NEVER = np.int32((1 << 31) - 1)


@compiled
def advance_layer(
    listed: Events,
    lag: int,
    weights: Weights,
    how: tuple[int, int, int, int],
    wide: I32 | None,
    first: int,
    n_rows: int,
    timing: tuple[int, int, int],
    neurons: tuple[I64, I32],
    state: State,
    parts: tuple[I64, I64],
    output: Raster,
    counts: I64,
) -> None:
    """Move a layer of some samples through `n_rows` steps, from step `first` on.

    Parameters
    ----------
    listed, lag, weights : as `dense.add_dense` takes them; weights of 8 bits.
    how : reset rule, ZERO or SUBTRACT_DELAYED; what turns a sum of weights into a current; decay
        bits; voltage limit.
    wide : scratch (PITCH,) where a sum may leave 16 bits.
    timing, neurons, state, output, counts : as `neurons.advance` takes them; the state's current
        is left alone.
    parts : the slices that a tile meets: ``indptr`` by tile, then (slice, first, last in the tile).
    """
    event_ptr, sources, _ = listed
    voltages, drives, (indptr, pieces) = state[1], state[3], parts
    n_samples, n_steps, n_out = output.shape
    n_heard, width = (event_ptr.shape[0] - 1) // n_samples, weights.shape[2]
    flat, raster, spikes = weights.ravel(), output.ravel(), np.zeros(PITCH, np.int8)
    cells, narrow = np.zeros(9 * PITCH, np.int32), np.zeros(PITCH, np.int16)
    for tile in range(weights.shape[0]):
        begin, left = tile * weights.shape[1] * width, tile * width
        size = min(width, n_out - left)
        _take_up(neurons, left, size, cells)
        for b in range(n_samples):
            for i in range(size):
                cells[V + i], cells[DRIVE + i] = voltages[b, left + i], drives[b, left + i]
            for r in range(max(timing[0] - first, 0), n_rows):
                k, row = first + r, b * n_heard + r + lag
                if timing[1] > 0 and (k + 1) % timing[1] == timing[2]:
                    _clear(cells)
                low, high = (event_ptr[row], event_ptr[row + 1]) if r + lag >= 0 else (0, 0)
                at = (b * n_steps + k) * n_out + left
                if size == width:
                    rare, idle = _step(
                        flat, begin, sources, low, high, width, how, narrow, wide, cells, raster, at
                    )
                else:
                    rare, idle = _step(
                        flat, begin, sources, low, high, width, how, narrow, wide, cells, spikes, 0
                    )
                    for i in range(size):
                        raster[at + i] = spikes[i]
                for p in range(indptr[tile], indptr[tile + 1]):
                    part, start, end = pieces[p, 0], pieces[p, 1], pieces[p, 2]
                    counts[b, k, 0, part] += _set(cells, WORK, start, end) if idle else end - start
                    if rare:
                        counts[b, k, 2, part] += _set(cells, EXCESS, start, end)
            for i in range(size):
                voltages[b, left + i], drives[b, left + i] = cells[V + i], cells[DRIVE + i]


@compiled
def _take_up(neurons: tuple[I64, I32], left: int, size: int, cells: I32) -> None:
    """Fill `cells` with the neurons from `left` on; those beyond have a bias, and never fire."""
    wide, narrow = neurons
    cells[:] = 0
    cells[THETA : THETA + PITCH] = _NEVER
    cells[FIXED : FIXED + PITCH] = 1
    for i in range(size):
        cells[DECAY + i], cells[THETA + i] = narrow[1, left + i], narrow[3, left + i]
        cells[TAKEN + i], cells[FIXED + i] = narrow[6, left + i], narrow[BIAS, left + i]
        cells[RESET + i] = np.int32(wide[2, left + i])


@compiled
def _clear(cells: I32) -> None:
    for i in range(PITCH):
        cells[V + i] = 0
        cells[DRIVE + i] = cells[FIXED + i]


@inlined
def _sum_wide(
    flat: Weights,
    begin: int,
    sources: I32,
    low: int,
    high: int,
    width: int,
    partial: I16,
    total: I32,
) -> None:
    """Do as `sum_tile`; where the sums of a tile fill registers, CHUNK events at a time."""
    if width <= 32:
        sum_tile(flat, begin, sources, low, high, width, total)
        return
    total[:] = 0
    for part in range(low, high, CHUNK):
        sum_tile(flat, begin, sources, part, min(part + CHUNK, high), width, partial)
        add_scaled(partial, 1, total)


@inlined
def _step(
    flat: Weights,
    begin: int,
    sources: I32,
    low: int,
    high: int,
    width: int,
    how: tuple[int, int, int, int],
    narrow: I16,
    wide: I32 | None,
    cells: I32,
    fired: Raster,
    at: int,
) -> tuple[bool, bool]:
    """Move a tile by one step; say whether a voltage was clipped, and whether a neuron was idle."""
    if wide is None:
        sum_tile(flat, begin, sources, low, high, width, narrow)
        return _move(how, width, narrow, cells, fired, at)
    _sum_wide(flat, begin, sources, low, high, width, narrow, wide)
    return _move(how, width, wide, cells, fired, at)


@inlined
def _move(
    how: tuple[int, int, int, int],
    width: int,
    sums: I16 | I32,
    cells: I32,
    fired: Raster,
    at: int,
) -> tuple[bool, bool]:
    rule, factor, bits, top = how
    n = width // 16 * 16
    if rule == SUBTRACT_DELAYED:
        return _subtract(n, sums, np.int32(factor), bits, np.int32(top), cells, fired, at)
    return _zero(n, sums, np.int32(factor), bits, np.int32(top), cells, fired, at)


@inlined
def _subtract(
    n: int,
    sums: I16 | I32,
    factor: np.int32,
    bits: int,
    top: np.int32,
    cells: I32,
    fired: Raster,
    at: int,
) -> tuple[bool, bool]:
    rare, least = np.uint32(0), np.uint32((1 << 32) - 1)
    bottom = np.int32(-top)
    for i in range(np.uintp(n)):
        current = np.int32(np.int32(sums[i]) * factor)
        work = np.uint32(current | cells[V + i] | cells[FIXED + i])
        charged = np.int32(_kept(cells[V + i], cells[DECAY + i], bits) + current)
        charged = np.int32(charged + cells[DRIVE + i])
        voltage = min(max(charged, bottom), top)
        spike = voltage > cells[THETA + i]
        excess = np.uint32(voltage ^ charged)
        rare, least = np.uint32(rare | excess), min(least, work)
        cells[V + i], cells[WORK + i], cells[EXCESS + i] = voltage, work, excess
        taken = cells[TAKEN + i] if spike else np.int32(0)
        cells[DRIVE + i] = np.int32(cells[FIXED + i] - taken)
        fired[np.uintp(at) + i] = spike
    return rare != 0, least == 0


@inlined
def _zero(
    n: int,
    sums: I16 | I32,
    factor: np.int32,
    bits: int,
    top: np.int32,
    cells: I32,
    fired: Raster,
    at: int,
) -> tuple[bool, bool]:
    rare, least = np.uint32(0), np.uint32((1 << 32) - 1)
    bottom = np.int32(-top)
    for i in range(np.uintp(n)):
        current = np.int32(np.int32(sums[i]) * factor)
        work = np.uint32(current | cells[V + i] | cells[FIXED + i])
        charged = np.int32(_kept(cells[V + i], cells[DECAY + i], bits) + current)
        charged = np.int32(charged + cells[FIXED + i])
        voltage = min(max(charged, bottom), top)
        spike = voltage > cells[THETA + i]
        excess = np.uint32(voltage ^ charged)
        rare, least = np.uint32(rare | excess), min(least, work)
        cells[V + i] = cells[RESET + i] if spike else voltage
        cells[WORK + i], cells[EXCESS + i] = work, excess
        fired[np.uintp(at) + i] = spike
    return rare != 0, least == 0


@inlined
def _kept(state: np.int32, factor: np.int32, bits: int) -> np.int32:
    """Return ``state * factor / 2**bits`` toward zero, for a factor that is not negative.

    In two parts whose products fit: ``state = high * 2**bits + low``; a negative one rounds up.
    """
    mask = np.int32((1 << bits) - 1)
    low = np.int32(np.int32(state & mask) * factor)
    low = np.int32(low + np.int32(right(state, 31) & mask))
    return np.int32(np.int32(right(state, bits) * factor) + right(low, bits))


@compiled
def _set(cells: I32, row: int, low: int, high: int) -> int:
    found = np.int32(0)
    for i in range(np.uintp(row + low), np.uintp(row + high)):
        found = np.int32(found + np.int32(cells[i] != 0))
    return int(found)
