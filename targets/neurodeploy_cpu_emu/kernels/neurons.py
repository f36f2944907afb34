"""Input sums to spikes: one population through a run of steps, one small loop a reset rule.

Everything here wraps in 32 bits as the reference does, so that a register holds twice as many.
"""

from typing import TypeAlias

import numpy as np

from neurodeploy.machine.compiled import compiled
from neurodeploy.machine.counts import Kept
from neurodeploy_cpu_emu.kernels.arrays import I32, I64, U8, Bools, Raster
from neurodeploy_cpu_emu.kernels.lanes import left, right

Formats: TypeAlias = tuple[int, int, int, int, int]
State: TypeAlias = tuple[I32, I32, Bools, I32]

NONE, ZERO, ZERO_DELAYED, SUBTRACT, SUBTRACT_DELAYED, SUBTRACT_LATCHED, READOUT = range(7)

MOVED, WRAPPED, CLIPPED = np.uint8(1), np.uint8(2), np.uint8(4)
"""What can happen to a neuron in a step."""

BIAS = 5
"""The row of `neurons` in 32 bits that holds the bias."""

DECAY_BITS = 15
"""The widest decay whose product with a part of a state fits 32 bits."""


@compiled
def advance(
    a_in: I32,
    first: int,
    timing: tuple[int, int, int],
    rule: int,
    formats: Formats,
    neurons: tuple[I64, I32],
    forgetful: bool,
    state: State,
    slices: I64,
    output: Raster,
    counts: Kept,
    own: tuple[int, int],
    record: tuple[I32, I32],
    moves: U8,
) -> None:
    """Move one population of some samples through the steps of `a_in`, from step `first` on.

    Parameters
    ----------
    a_in : (sample, step, neuron); arrays of the whole run begin likewise
    timing : t_start, clear_interval, clear_offset modulo the interval
    rule : reset rule, or READOUT
    formats : sum bits, state shift, decay bits, current limit, voltage limit
    neurons : (3, n), theta, low theta, v_reset; and in 32 bits (7, n), current factor, voltage
        factor, whether there is a bias, theta and low theta as far as v can tell, and bias and
        theta as they wrap
    forgetful : whether no neuron's current outlives its step
    state : (sample, neuron) each: u, v, flag of the last spike, drive (the bias, less a threshold
        still to be taken off)
    slices : int64 (n_slices, 2)
    counts : (sample, step, column), all 0 before
    own : the first of three runs of columns, a column a slice: neurons that are active, that wrap,
        that saturate; and how many slices there are
    record : u and v, with no samples where they are not wanted
    moves : set to 1 where a neuron is active; no samples where that is not wanted
    """
    t_start, interval, offset = timing
    wide, narrow = neurons
    codes = np.zeros(a_in.shape[2], np.uint8)
    for b in range(a_in.shape[0]):
        u, v, flag, drive = state[0][b], state[1][b], state[2][b], state[3][b]
        for r in range(a_in.shape[1]):
            k = first + r
            if k >= t_start:
                if interval > 0 and (k + 1) % interval == offset:
                    u[:] = 0
                    v[:] = 0
                    flag[:] = False
                    drive[:] = narrow[BIAS]
                if rule == SUBTRACT_LATCHED:
                    _latch(v, wide[0], flag)
                if forgetful:
                    rare = _forget(a_in[b, r], u, v, drive, narrow, formats, codes)
                else:
                    rare = _integrate(a_in[b, r], u, v, drive, narrow, formats, codes)
                _count(codes, slices, rare, counts[b, k], own)
                if moves.shape[0] > 0:
                    moves[b, k] = codes & MOVED
                _fire(rule, v, flag, drive, wide, narrow, formats[4], output[b, k])
            if record[0].shape[0] > 0:
                record[0][b, k] = u
                record[1][b, k] = v


@compiled
def _integrate(
    a_in: I32, u: I32, v: I32, drive: I32, narrow: I32, formats: Formats, codes: U8
) -> bool:
    """Decay, add the input, wrap u once, saturate v; say whether anything wrapped or saturated.

    `codes` becomes what happened to each neuron: MOVED, WRAPPED, CLIPPED.
    """
    sum_bits, shift, decay_bits, u_limit, v_limit = formats
    spare = (32 - sum_bits) & 31
    span, highest, lowest = np.int32(2 * u_limit), np.int32(u_limit), np.int32(-u_limit)
    top, rare = np.int32(v_limit), np.int32(0)
    for i in range(a_in.shape[0]):
        arrived = right(left(a_in[i], spare), spare)
        decayed = _decayed(u[i], narrow[0, i], decay_bits)
        moved = (arrived | decayed | v[i] | narrow[2, i]) != 0
        current = np.int32(decayed + left(arrived, shift))
        folded = np.int32(current - (span if current > highest else np.int32(0)))
        folded = np.int32(folded + (span if current <= lowest else np.int32(0)))
        voltage = np.int32(_decayed(v[i], narrow[1, i], decay_bits) + folded)
        voltage = np.int32(voltage + drive[i])
        clipped = top if voltage > top else np.int32(-top) if voltage < -top else voltage
        rare |= np.int32(folded ^ current) | np.int32(clipped ^ voltage)
        codes[i] = moved * MOVED | (folded != current) * WRAPPED | (clipped != voltage) * CLIPPED
        u[i] = folded
        v[i] = clipped
    return rare != 0


@compiled
def _forget(
    a_in: I32, u: I32, v: I32, drive: I32, narrow: I32, formats: Formats, codes: U8
) -> bool:
    """Do as `_integrate` where no current outlives its step: half the work."""
    sum_bits, shift, decay_bits, u_limit, v_limit = formats
    spare = (32 - sum_bits) & 31
    span, highest, lowest = np.int32(2 * u_limit), np.int32(u_limit), np.int32(-u_limit)
    top, rare = np.int32(v_limit), np.int32(0)
    for i in range(a_in.shape[0]):
        arrived = right(left(a_in[i], spare), spare)
        moved = (arrived | v[i] | narrow[2, i]) != 0
        current = left(arrived, shift)
        folded = np.int32(current - (span if current > highest else np.int32(0)))
        folded = np.int32(folded + (span if current <= lowest else np.int32(0)))
        voltage = np.int32(_decayed(v[i], narrow[1, i], decay_bits) + folded)
        voltage = np.int32(voltage + drive[i])
        clipped = top if voltage > top else np.int32(-top) if voltage < -top else voltage
        rare |= np.int32(folded ^ current) | np.int32(clipped ^ voltage)
        codes[i] = moved * MOVED | (folded != current) * WRAPPED | (clipped != voltage) * CLIPPED
        u[i] = folded
        v[i] = clipped
    return rare != 0


@compiled
def _count(codes: U8, slices: I64, rare: bool, found: Kept, own: tuple[int, int]) -> None:
    """Set the `own` columns of `found` to how many neurons moved, wrapped and were clipped."""
    first, n_slices = own
    for s in range(n_slices):
        active, wraps, saturations = np.int32(0), 0, 0
        for i in range(np.uintp(slices[s, 0]), np.uintp(slices[s, 1])):
            active = np.int32(active + np.int32(codes[i] & MOVED))
        if rare:
            for i in range(slices[s, 0], slices[s, 1]):
                wraps += codes[i] & WRAPPED != 0
                saturations += codes[i] & CLIPPED != 0
        found[first + s], found[first + n_slices + s] = active, wraps
        found[first + 2 * n_slices + s] = saturations


@compiled
def _decayed(state: np.int32, factor: np.int32, bits: int) -> np.int32:
    """Return ``state * factor / 2**bits``, toward zero.

    The magnitude in two parts, whose products with the factor fit: ``a = high * 2**bits + low``.
    """
    mask = np.int32((1 << bits) - 1)
    sign = right(np.int32(state ^ factor), 31)
    magnitude, times = _magnitude(state), _magnitude(factor)
    high = right(magnitude, bits)
    low = np.int32(magnitude & mask)
    product = np.int32(np.int32(high * times) + right(np.int32(low * times), bits))
    return np.int32((product ^ sign) - sign)


@compiled
def _magnitude(value: np.int32) -> np.int32:
    return value if value >= 0 else np.int32(-value)


@compiled
def _clipped(value: np.int64, limit: int) -> np.int64:
    return np.int64(limit if value > limit else -limit if value < -limit else value)


@compiled
def _latch(v: I32, theta: I64, flag: Bools) -> None:
    for i in range(v.shape[0]):
        flag[i] = v[i] > theta[i]


@compiled
def _fire(
    rule: int,
    v: I32,
    flag: Bools,
    drive: I32,
    wide: I64,
    narrow: I32,
    limit: int,
    output: Raster,
) -> None:
    theta, low, v_reset = wide[0], wide[1], wide[2]
    if rule == READOUT:
        output[:] = v
    elif rule == NONE:
        _fire_none(v, narrow[3], narrow[4], output)
    elif rule == ZERO:
        _fire_zero(v, narrow[3], narrow[4], v_reset, output)
    elif rule == ZERO_DELAYED:
        _fire_zero_delayed(v, flag, narrow[3], narrow[4], v_reset, output)
    elif rule == SUBTRACT:
        _fire_subtract(v, theta, low, limit, output)
    elif rule == SUBTRACT_DELAYED:
        _fire_subtract_delayed(v, drive, narrow, output)
    else:
        _fire_subtract_latched(v, flag, theta, low, limit, output)


@compiled
def _sign(value: np.int32, theta: np.int32, low: np.int32) -> np.int8:
    return np.int8(np.int8(value > theta) - np.int8(value < low))


@compiled
def _spike(value: np.int64, theta: np.int64, low: np.int64) -> np.int64:
    return np.int64(value > theta) - np.int64(value < low)


@compiled
def _fire_none(v: I32, theta: I32, low: I32, output: Raster) -> None:
    for i in range(v.shape[0]):
        output[i] = _sign(v[i], theta[i], low[i])


@compiled
def _fire_zero(v: I32, theta: I32, low: I32, v_reset: I64, output: Raster) -> None:
    for i in range(v.shape[0]):
        spike = _sign(v[i], theta[i], low[i])
        output[i] = spike
        v[i] = np.int32(v_reset[i]) if spike != 0 else v[i]


@compiled
def _fire_zero_delayed(
    v: I32, flag: Bools, theta: I32, low: I32, v_reset: I64, output: Raster
) -> None:
    for i in range(v.shape[0]):
        v[i] = np.int32(v_reset[i]) if flag[i] else v[i]
        spike = _sign(v[i], theta[i], low[i])
        output[i] = spike
        flag[i] = spike != 0


@compiled
def _fire_subtract(v: I32, theta: I64, low: I64, limit: int, output: Raster) -> None:
    for i in range(v.shape[0]):
        spike = _spike(np.int64(v[i]), theta[i], low[i])
        output[i] = spike
        v[i] = _clipped(v[i] - theta[i] * spike, limit)


@compiled
def _fire_subtract_delayed(v: I32, drive: I32, narrow: I32, output: Raster) -> None:
    high, low, bias, theta = narrow[3], narrow[4], narrow[BIAS], narrow[6]
    for i in range(v.shape[0]):
        spike = _sign(v[i], high[i], low[i])
        output[i] = spike
        drive[i] = np.int32(bias[i] - np.int32(theta[i] * np.int32(spike)))


@compiled
def _fire_subtract_latched(
    v: I32, flag: Bools, theta: I64, low: I64, limit: int, output: Raster
) -> None:
    for i in range(v.shape[0]):
        spike = _spike(v[i] - theta[i] * flag[i], theta[i], low[i])
        output[i] = spike
        v[i] = _clipped(v[i] - theta[i] * spike, limit)
