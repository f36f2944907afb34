"""Convolutions: an event adds contiguous runs of the kernel to the rows it reaches."""

import numpy as np

from neurodeploy_cpu_emu.kernels.compiled import I32, I64, compiled
from neurodeploy_cpu_emu.kernels.spikes import Events
from neurodeploy_cpu_emu.kernels.sums import Fold, deliver


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
    """Add a convolution to `a_in` (sample, step, target); row r hears events of ``r + lag``.

    Parameters
    ----------
    kernel : int32 (in channel, kernel height, kernel width mirrored, out channel of the group)
    rows, columns : where an input row or column lands: ``indptr`` by position, then runs of
        (first tap, first output, length).
    shapes : in height, in width, in channels of a group, out height, out width
    """
    indptr = listed[0]
    n_samples, n_rows, n_out = a_in.shape
    heard = (indptr.shape[0] - 1) // n_samples
    n_channels = n_out // (shapes[3] * shapes[4])
    total, turned = np.zeros(n_out, np.int32), np.zeros(n_out, np.int32)
    for b in range(n_samples):
        for r in range(max(-lag, 0), n_rows):
            row = b * heard + r + lag
            if indptr[row] == indptr[row + 1]:
                continue
            total[:] = 0
            _scatter(listed, row, graded, kernel, rows, columns, shapes, n_channels, total)
            _turn(total, n_channels, turned)
            deliver(turned, fold, a_in[b, r])


@compiled
def _scatter(
    listed: Events,
    row: int,
    graded: bool,
    kernel: I32,
    rows: tuple[I64, I32],
    columns: tuple[I64, I32],
    shapes: tuple[int, int, int, int, int],
    n_channels: int,
    total: I32,
) -> None:
    """Add what the events of `row` bring to `total` (pixel, channel)."""
    indptr, sources, payloads = listed
    height, width, group_in, _, out_width = shapes
    n_run, flat = kernel.shape[3], kernel.ravel()
    for e in range(indptr[row], indptr[row + 1]):
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
