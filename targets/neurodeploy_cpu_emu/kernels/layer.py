"""A dense layer moved whole: its sums become spikes while they are in the nearest cache.

A tile of targets runs all steps of a sample before the next sample begins, so that the weights of
the sources which that sample has stay near; between two steps the tile lives in `kernels.tile`'s
`cells`. The bound is the sum itself, a byte of weights an addition: four vectors of them for 128
neurons and an event, where moving 128 neurons takes about as long as adding 25 events.

Only layers that need no more are moved so, see `neurodeploy_cpu_emu.layers`. An index that numba
takes for signed would be looked at for each access, whether it counts from the end: hence `uintp`.
"""

import numpy as np

from neurodeploy.machine.compiled import compiled, inlined
from neurodeploy.machine.counts import Kept
from neurodeploy.machine.lanes import LANES, how_many
from neurodeploy.machine.spikes import Told, told
from neurodeploy_cpu_emu.kernels.arrays import I16, I32, I64, U64, Raster, Weights
from neurodeploy_cpu_emu.kernels.dense import CHUNK, sum_tile
from neurodeploy_cpu_emu.kernels.neurons import BIAS as BIASES
from neurodeploy_cpu_emu.kernels.neurons import State
from neurodeploy_cpu_emu.kernels.spikes import Events
from neurodeploy_cpu_emu.kernels.tile import (
    BIAS,
    CLIPPED,
    DECAY,
    FIRED,
    N_MARKS,
    N_ROWS,
    PITCH,
    RESET,
    TAKEN,
    THETA,
    WORKED,
    Tile,
    V,
    move_tile,
)

_NEVER = np.int32((1 << 31) - 1)


@compiled
def advance_layer(
    listed: Events,
    lag: int,
    weights: Weights,
    how: tuple[int, int, int],
    reset: I64 | None,
    wide: I32 | None,
    first: int,
    n_rows: int,
    timing: tuple[int, int, int],
    neurons: tuple[I64, I32],
    state: State,
    parts: tuple[I64, I64, U64],
    masks: U64,
    counts: Kept,
    own: tuple[int, int],
    listing: bool,
) -> Told:
    """Move a layer of some samples through `n_rows` steps, from step `first` on.

    Parameters
    ----------
    listed, lag, weights : as `dense.add_dense` takes them; weights of 8 bits.
    how : what turns a sum of weights into a current; decay bits; voltage limit.
    reset : voltage after a spike, or None where a threshold is taken off a step later.
    wide : scratch (PITCH,) where a sum may leave 16 bits.
    timing, neurons, state, counts, own : as `neurons.advance` takes them; the state's current is
        left alone. A state of one row is where all samples begin; where they end is not kept.
    parts : the slices that a tile meets: ``indptr`` by tile, then the slice, and in two words
        which neurons of the tile it has.
    masks : (sample * n_rows, part), where the spikes are told, as `machine.spikes.Listed` has them.
    listing : as `machine.spikes.told` takes it, whose result is returned.
    """
    event_ptr, sources, _ = listed
    voltages, drives, (indptr, slices, shares) = state[1], state[3], parts
    n_samples, n_out = counts.shape[0], voltages.shape[1]
    n_heard, width = (event_ptr.shape[0] - 1) // n_samples, weights.shape[2]
    flat, words, n_parts = weights.ravel(), masks.ravel(), masks.shape[1]
    moving, sums = _new_tile()
    n_still = min(max(timing[0] - first, 0), n_rows)
    for b in range(n_samples):
        masks[b * n_rows : b * n_rows + n_still] = 0
    kept = voltages.shape[0] == n_samples
    cells, fired, marks = moving
    for tile in range(weights.shape[0]):
        begin, left = tile * weights.shape[1] * width, tile * width
        size = min(width, n_out - left)
        part, shift = left // LANES, left % LANES
        two = size > LANES
        _take_up(neurons, reset, left, size, cells)
        for b in range(n_samples):
            begun = b if kept else 0
            _load(voltages[begun], drives[begun], left, size, cells, fired)
            for r in range(n_still, n_rows):
                k, row = first + r, b * n_heard + r + lag
                if timing[1] > 0 and (k + 1) % timing[1] == timing[2]:
                    cells[V : V + PITCH] = 0
                    fired[:] = 0
                low, high = (event_ptr[row], event_ptr[row + 1]) if r + lag >= 0 else (0, 0)
                _sum(flat, begin, sources, low, high, width, sums, wide)
                _move(sums, wide, how, width, reset, moving)
                at = np.uintp((b * n_rows + r) * n_parts + part)
                if shift > 0:
                    words[at] |= marks[FIRED, 0] << np.uint64(shift)
                else:
                    words[at] = marks[FIRED, 0]
                    if two:
                        words[at + np.uintp(1)] = marks[FIRED, 1]
                _count(marks, indptr[tile], indptr[tile + 1], slices, shares, counts[b, k], own)
            if kept:
                _store(voltages[b], drives[b], left, size, cells, fired, reset is None)
    return told(masks, listing)


@inlined
def _new_tile() -> tuple[Tile, I16]:
    """Return a tile and scratch for its sums; no vector of theirs lies on two lines of a cache."""
    line, spikes, words = 16, PITCH // 4, PITCH // 2
    room = np.zeros(N_ROWS + spikes + words + line, np.int32)
    room = room[-(room.ctypes.data // 4) % line :]
    fired = room[N_ROWS : N_ROWS + spikes].view(np.int8)
    sums = room[N_ROWS + spikes : N_ROWS + spikes + words].view(np.int16)
    return (room[:N_ROWS], fired, np.zeros((N_MARKS, 2), np.uint64)), sums


@compiled
def _take_up(neurons: tuple[I64, I32], reset: I64 | None, left: int, size: int, cells: I32) -> None:
    """Fill `cells` with the neurons from `left` on; those beyond never fire."""
    narrow = neurons[1]
    cells[:] = 0
    cells[THETA : THETA + PITCH] = _NEVER
    for i in range(size):
        cells[DECAY + i], cells[THETA + i] = narrow[1, left + i], narrow[3, left + i]
        cells[TAKEN + i], cells[BIAS + i] = narrow[6, left + i], narrow[BIASES, left + i]
        if reset is not None:
            cells[RESET + i] = np.int32(reset[left + i])


@compiled
def _load(voltages: I32, drives: I32, left: int, size: int, cells: I32, fired: Raster) -> None:
    """Take a sample's neurons up; a drive that is not the bias owes a threshold."""
    for i in range(np.uintp(size)):
        cells[np.uintp(V) + i] = voltages[np.uintp(left) + i]
        fired[i] = drives[np.uintp(left) + i] != cells[np.uintp(BIAS) + i]


@compiled
def _store(
    voltages: I32, drives: I32, left: int, size: int, cells: I32, fired: Raster, delayed: bool
) -> None:
    for i in range(np.uintp(size)):
        voltages[np.uintp(left) + i] = cells[np.uintp(V) + i]
        if delayed:
            taken = cells[np.uintp(TAKEN) + i] if fired[i] else np.int32(0)
            drives[np.uintp(left) + i] = np.int32(cells[np.uintp(BIAS) + i] - taken)


@inlined
def _sum(
    flat: Weights,
    begin: int,
    sources: I32,
    low: int,
    high: int,
    width: int,
    sums: I16,
    wide: I32 | None,
) -> None:
    """Do as `sum_tile`, into `wide` if there is one: CHUNK events at a time if registers fill."""
    if wide is None:
        sum_tile(flat, begin, sources, low, high, width, sums)
    elif width <= 32:
        sum_tile(flat, begin, sources, low, high, width, wide)
    else:
        for i in range(np.uintp(width)):
            wide[i] = 0
        for part in range(low, high, CHUNK):
            sum_tile(flat, begin, sources, part, min(part + CHUNK, high), width, sums)
            for i in range(np.uintp(width)):
                wide[i] += sums[i]


@inlined
def _move(
    sums: I16,
    wide: I32 | None,
    how: tuple[int, int, int],
    width: int,
    reset: I64 | None,
    tile: Tile,
) -> None:
    if wide is None:
        _move_by(sums, how, width, reset, tile)
    else:
        _move_by(wide, how, width, reset, tile)


@inlined
def _move_by(
    sums: I16 | I32, how: tuple[int, int, int], width: int, reset: I64 | None, tile: Tile
) -> None:
    if width == 128:
        move_tile(sums, how, 128, reset, tile)
    elif width == 64:
        move_tile(sums, how, 64, reset, tile)
    elif width == 32:
        move_tile(sums, how, 32, reset, tile)
    else:
        move_tile(sums, how, 16, reset, tile)


@inlined
def _count(
    marks: U64,
    first: int,
    last: int,
    slices: I64,
    shares: U64,
    counts: Kept,
    own: tuple[int, int],
) -> None:
    """Add who worked and who was clipped to `counts` (column,), for the parts ``first:last``."""
    rare = (marks[CLIPPED, 0] | marks[CLIPPED, 1]) != np.uint64(0)
    for p in range(np.uintp(first), np.uintp(last)):
        column = np.uintp(own[0] + slices[p])
        counts[column] += _shared(marks, WORKED, shares, p)
        if rare:
            counts[column + np.uintp(2 * own[1])] += _shared(marks, CLIPPED, shares, p)


@inlined
def _shared(marks: U64, k: int, shares: U64, p: int) -> int:
    """Return how many neurons are both in row `k` of `marks` and in part `p`."""
    return how_many(marks[k, 0] & shares[p, 0]) + how_many(marks[k, 1] & shares[p, 1])
