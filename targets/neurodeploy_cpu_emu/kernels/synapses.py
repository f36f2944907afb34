"""Spikes to events, events to input sums.

Rows are steps. Sums are kept in int32 and wrap there, which agrees with any wrap of at most 32
bits; `fold` says how one becomes input: scale, weight exponent, bits of the sum, bits of the
shifted sum.
"""

from typing import TypeAlias

import numpy as np

from neurodeploy_cpu_emu.kernels.compiled import I16, I32, I64, Raster, Weights, compiled, wrap

Events: TypeAlias = tuple[I64, I32, I32]
Fold: TypeAlias = tuple[int, int, int, int]

CHUNK = 128
"""Rows of 8-bit weights whose sum cannot leave 16 bits."""


@compiled
def events(raster: Raster, graded: bool) -> Events:
    """List what is not 0 in `raster` (step, neuron), step by step.

    Returns
    -------
    indptr : int64 (steps + 1,), sources : int32, payloads : int32
        The events of row r are ``indptr[r]:indptr[r + 1]``; a payload is 1 unless `graded`.
    """
    n_steps, n_in = raster.shape
    indptr = np.zeros(n_steps + 1, np.int64)
    for r in range(n_steps):
        indptr[r + 1] = indptr[r] + _count(raster[r])
    sources = np.empty(indptr[n_steps] + 1, np.int32)
    payloads = np.ones(indptr[n_steps] + 1 if graded else 1, np.int32)
    for r in range(n_steps):
        at = indptr[r]
        row = raster[r]
        for i in range(n_in):  # branch-free: a silent neuron's entry is overwritten
            sources[at] = i
            at += row[i] != 0
        if graded:
            for e in range(indptr[r], at):
                payloads[e] = row[sources[e]]
    return indptr, sources, payloads


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
    """Add a dense projection to `a_in` (step, target): row r hears the events of row ``r + lag``.

    `weights` is (source, target); `partial` is scratch, int16 for 8-bit weights, else int32.
    """
    indptr, sources, payloads = listed
    total = np.zeros(a_in.shape[1], np.int32)
    for r in range(max(-lag, 0), a_in.shape[0]):
        low, high = indptr[r + lag], indptr[r + lag + 1]
        if low == high:
            continue
        total[:] = 0
        if graded:
            for e in range(low, high):
                _add_scaled(weights[sources[e]], payloads[e], total)
        else:
            for part in range(low, high, CHUNK):
                _add_rows(weights, sources[part : min(part + CHUNK, high)], partial)
                _add_scaled(partial, 1, total)
        _deliver(total, fold, a_in[r])


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
    """Add listed synapses to `a_in`; piece p, ``indptr[p]`` by source, lags by ``lags[p]``."""
    event_ptr, sources, payloads = listed
    total = np.zeros(a_in.shape[1], np.int32)
    for r in range(a_in.shape[0]):
        for p in range(lags.shape[0]):
            row = r + lags[p]
            if row < 0 or event_ptr[row] == event_ptr[row + 1]:
                continue
            total[:] = 0
            for e in range(event_ptr[row], event_ptr[row + 1]):
                payload = payloads[e] if graded else 1
                for s in range(indptr[p, sources[e]], indptr[p, sources[e] + 1]):
                    total[targets[s]] += mantissa[s] * payload
            _deliver(total, fold, a_in[r])


@compiled
def add_conv(
    listed: Events,
    graded: bool,
    lag: int,
    kernel: I32,
    rows: tuple[I64, I32],
    columns: tuple[I64, I32],
    shapes: tuple[int, int, int, int, int],
    fold: Fold,
    a_in: I32,
) -> None:
    """Add a convolution to `a_in`: an event adds one contiguous run of the kernel to each row.

    Parameters
    ----------
    kernel : int32 (in channel, kernel height, kernel width mirrored, out channel of the group)
    rows, columns : where an input row or column lands: ``indptr`` by position, then runs of
        (first tap, first output, length).
    shapes : in height, in width, in channels of a group, out height, out width
    """
    indptr, sources, payloads = listed
    height, width, group_in, out_height, out_width = shapes
    n_run, flat = kernel.shape[3], kernel.ravel()
    n_channels = a_in.shape[1] // (out_height * out_width)
    total = np.zeros(a_in.shape[1], np.int32)
    turned = np.zeros(a_in.shape[1], np.int32)
    for r in range(max(-lag, 0), a_in.shape[0]):
        low, high = indptr[r + lag], indptr[r + lag + 1]
        if low == high:
            continue
        total[:] = 0
        for e in range(low, high):
            channel, pixel = divmod(sources[e], height * width)
            y, x = divmod(pixel, width)
            begin = channel // group_in * n_run
            payload = payloads[e] if graded else 1
            for a in range(rows[0][y], rows[0][y + 1]):
                tap_row = (channel * kernel.shape[1] + rows[1][a, 0]) * kernel.shape[2]
                out_row = rows[1][a, 1] * out_width
                for b in range(columns[0][x], columns[0][x + 1]):
                    source = (tap_row + columns[1][b, 0]) * n_run
                    target = (out_row + columns[1][b, 1]) * n_channels + begin
                    _add_run(flat, source, payload, total, target, columns[1][b, 2] * n_run)
        _turn(total, n_channels, turned)
        _deliver(turned, fold, a_in[r])


@compiled
def _count(row: Raster) -> int:
    found = 0
    for i in range(row.shape[0]):
        found += row[i] != 0
    return found


@compiled
def _add_scaled(row: Weights, payload: int, total: I32) -> None:
    for j in range(total.shape[0]):
        total[j] += np.int32(row[j]) * payload


@compiled
def _add_run(flat: I32, source: int, payload: int, total: I32, target: int, length: int) -> None:
    """Add a run of `flat` times `payload`; unsigned indices, which need no check for negatives."""
    for o in range(np.uintp(length)):
        total[np.uintp(target) + o] += flat[np.uintp(source) + o] * payload


@compiled
def _turn(total: I32, n_channels: int, turned: I32) -> None:
    """Copy (pixel, channel) to (channel, pixel), a cache line of pixels at a time."""
    n_pixels = total.shape[0] // n_channels
    for block in range(0, n_pixels, 16):
        for c in range(n_channels):
            for i in range(block, min(block + 16, n_pixels)):
                turned[c * n_pixels + i] = total[i * n_channels + c]


@compiled
def _add_rows(weights: Weights, sources: I32, partial: I16 | I32) -> None:
    """Set `partial` to the sum of the rows `sources`, four at a time: one store for four loads."""
    partial[:] = 0
    fours = sources.shape[0] // 4 * 4
    for e in range(0, fours, 4):
        a, b = weights[sources[e]], weights[sources[e + 1]]
        c, d = weights[sources[e + 2]], weights[sources[e + 3]]
        for j in range(partial.shape[0]):
            partial[j] += a[j] + b[j] + c[j] + d[j]
    for e in range(fours, sources.shape[0]):
        a = weights[sources[e]]
        for j in range(partial.shape[0]):
            partial[j] += a[j]


@compiled
def _deliver(total: I32, fold: Fold, a_in: I32) -> None:
    """Add ``total * scale``, wrapped, shifted by the exponent and wrapped again, to `a_in`."""
    scale, exponent, sum_bits, bits = fold
    up, down = max(exponent, 0), max(-exponent, 0)
    for j in range(a_in.shape[0]):
        summed = wrap(np.int64(total[j]) * scale, sum_bits)
        a_in[j] += wrap((summed << up) >> down, bits)
