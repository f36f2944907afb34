"""Input sums to spikes: one population through a run of steps, one small loop a reset rule."""

from typing import TypeAlias

import numpy as np

from neurodeploy_cpu_emu.kernels.compiled import I32, I64, U8, Bools, Raster, compiled, wrap

Formats: TypeAlias = tuple[int, int, int, int, int]
State: TypeAlias = tuple[I32, I32, Bools, I64]

NONE, ZERO, ZERO_DELAYED, SUBTRACT, SUBTRACT_DELAYED, SUBTRACT_LATCHED, READOUT = range(7)


@compiled
def advance(
    a_in: I32,
    first: int,
    timing: tuple[int, int, int],
    rule: int,
    formats: Formats,
    neurons: I64,
    state: State,
    slices: I64,
    output: Raster,
    counts: tuple[I32, I64, I64],
    record: tuple[I32, I32],
    moves: U8,
) -> None:
    """Move one population through the steps of `a_in`, writing rows `first` onward.

    Parameters
    ----------
    timing : t_start, clear_interval, clear_offset modulo the interval
    rule : reset rule, or READOUT
    formats : sum bits, state shift, decay bits, current limit, voltage limit
    neurons : int64 (6, n): current factor, voltage factor, bias, theta, low theta, v_reset
    state : u, v, flag of the last spike, drive (the bias, less a threshold still to be taken off)
    slices : int64 (n_slices, 2)
    counts : active, wraps, saturations, each (step, slice)
    record : u and v (step, neuron), with no rows where they are not wanted
    moves : (step, neuron), set to 1 where a neuron is active; no rows where that is not wanted
    """
    u, v, flag, drive = state
    t_start, interval, offset = timing
    for r in range(a_in.shape[0]):
        k = first + r
        if k >= t_start:
            if interval > 0 and (k + 1) % interval == offset:
                u[:] = 0
                v[:] = 0
                flag[:] = False
                drive[:] = neurons[2]
            if rule == SUBTRACT_LATCHED:
                _latch(v, neurons[3], flag)
            if moves.shape[0] > 0:
                _mark(a_in[r], u, v, neurons, formats, moves[k])
            for s in range(slices.shape[0]):
                low, high = slices[s, 0], slices[s, 1]
                counts[0][k, s], counts[1][k, s], counts[2][k, s] = _integrate(
                    a_in[r, low:high],
                    u[low:high],
                    v[low:high],
                    drive[low:high],
                    neurons[2, low:high],
                    neurons[0, low:high],
                    neurons[1, low:high],
                    formats,
                )
            _fire(rule, v, flag, drive, neurons, formats[4], output[k])
        if record[0].shape[0] > 0:
            record[0][k] = u
            record[1][k] = v


@compiled
def _mark(a_in: I32, u: I32, v: I32, neurons: I64, formats: Formats, moves: U8) -> None:
    """Mark the neurons that `_integrate` counts as active; apart, as few runs want each of them."""
    for i in range(a_in.shape[0]):
        arrived = wrap(np.int64(a_in[i]), formats[0])
        decayed = _decayed(u[i], neurons[0, i], formats[2])
        moves[i] = (arrived != 0) | (decayed != 0) | (v[i] != 0) | (neurons[2, i] != 0)


@compiled
def _integrate(
    a_in: I32,
    u: I32,
    v: I32,
    drive: I64,
    bias: I64,
    u_factor: I64,
    v_factor: I64,
    formats: Formats,
) -> tuple[int, int, int]:
    """Decay, add the input, wrap u once, saturate v; return active, wrapped, saturated neurons."""
    sum_bits, shift, decay_bits, u_limit, v_limit = formats
    active, wraps, saturations = 0, 0, 0
    for i in range(a_in.shape[0]):
        arrived = wrap(np.int64(a_in[i]), sum_bits)
        decayed = _decayed(u[i], u_factor[i], decay_bits)
        active += (arrived != 0) | (decayed != 0) | (v[i] != 0) | (bias[i] != 0)
        current = np.int64(np.int32(decayed + np.int32(arrived << shift)))
        folded = current - 2 * u_limit * (current > u_limit) + 2 * u_limit * (current <= -u_limit)
        voltage = _decayed(v[i], v_factor[i], decay_bits) + folded + drive[i]
        voltage = np.int64(np.int32(voltage))
        clipped = _clipped(voltage, v_limit)
        wraps += folded != current
        saturations += clipped != voltage
        u[i] = folded
        v[i] = clipped
    return active, wraps, saturations


@compiled
def _decayed(state: np.int32, factor: np.int64, bits: int) -> np.int64:
    """Return ``state * factor / 2**bits``, toward zero."""
    product = np.int64(state) * factor
    toward_zero = (product >> 63) & ((np.int64(1) << bits) - 1)
    return (product + toward_zero) >> bits


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
    drive: I64,
    neurons: I64,
    limit: int,
    output: Raster,
) -> None:
    bias, theta, low, v_reset = neurons[2], neurons[3], neurons[4], neurons[5]
    if rule == READOUT:
        output[:] = v
    elif rule == NONE:
        _fire_none(v, theta, low, output)
    elif rule == ZERO:
        _fire_zero(v, theta, low, v_reset, output)
    elif rule == ZERO_DELAYED:
        _fire_zero_delayed(v, flag, theta, low, v_reset, output)
    elif rule == SUBTRACT:
        _fire_subtract(v, theta, low, limit, output)
    elif rule == SUBTRACT_DELAYED:
        _fire_subtract_delayed(v, drive, bias, theta, low, output)
    else:
        _fire_subtract_latched(v, flag, theta, low, limit, output)


@compiled
def _spike(value: np.int64, theta: np.int64, low: np.int64) -> np.int64:
    return np.int64(value > theta) - np.int64(value < low)


@compiled
def _fire_none(v: I32, theta: I64, low: I64, output: Raster) -> None:
    for i in range(v.shape[0]):
        output[i] = _spike(np.int64(v[i]), theta[i], low[i])


@compiled
def _fire_zero(v: I32, theta: I64, low: I64, v_reset: I64, output: Raster) -> None:
    for i in range(v.shape[0]):
        output[i] = _spike(np.int64(v[i]), theta[i], low[i])
        v[i] = v_reset[i] if output[i] != 0 else v[i]


@compiled
def _fire_zero_delayed(
    v: I32, flag: Bools, theta: I64, low: I64, v_reset: I64, output: Raster
) -> None:
    for i in range(v.shape[0]):
        v[i] = v_reset[i] if flag[i] else v[i]
        output[i] = _spike(np.int64(v[i]), theta[i], low[i])
        flag[i] = output[i] != 0


@compiled
def _fire_subtract(v: I32, theta: I64, low: I64, limit: int, output: Raster) -> None:
    for i in range(v.shape[0]):
        spike = _spike(np.int64(v[i]), theta[i], low[i])
        output[i] = spike
        v[i] = _clipped(v[i] - theta[i] * spike, limit)


@compiled
def _fire_subtract_delayed(
    v: I32, drive: I64, bias: I64, theta: I64, low: I64, output: Raster
) -> None:
    for i in range(v.shape[0]):
        spike = _spike(np.int64(v[i]), theta[i], low[i])
        output[i] = spike
        drive[i] = bias[i] - theta[i] * spike


@compiled
def _fire_subtract_latched(
    v: I32, flag: Bools, theta: I64, low: I64, limit: int, output: Raster
) -> None:
    for i in range(v.shape[0]):
        spike = _spike(v[i] - theta[i] * flag[i], theta[i], low[i])
        output[i] = spike
        v[i] = _clipped(v[i] - theta[i] * spike, limit)
