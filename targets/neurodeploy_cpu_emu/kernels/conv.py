"""Convolutions: an event adds contiguous runs of the kernel to the rows it reaches."""

from typing import TypeAlias

import numpy as np

from neurodeploy.machine.compiled import compiled
from neurodeploy.machine.lanes import SIXTEEN
from neurodeploy_cpu_emu.kernels.arrays import I32, I64, Weights
from neurodeploy_cpu_emu.kernels.runs import add_run, turn
from neurodeploy_cpu_emu.kernels.spikes import Events
from neurodeploy_cpu_emu.kernels.sums import Fold, deliver

Shapes: TypeAlias = tuple[int, int, int, int, int, int, int, int]


@compiled
def add_conv(
    listed: Events,
    graded: bool,
    lag: int,
    kernel: Weights,
    rows: tuple[I64, I32],
    columns: tuple[I64, I32],
    shapes: Shapes,
    fold: Fold,
    a_in: I32,
) -> None:
    """Add a convolution to `a_in` (sample, step, target); row r hears events of ``r + lag``.

    Parameters
    ----------
    kernel : (in channel, kernel height, kernel width mirrored, out channel of the group) laid flat,
        and SIXTEEN more
    rows, columns : where an input row or column lands: ``indptr`` by position, then runs of
        (first tap, first output, length).
    shapes : in height, in width, in channels of a group, out height, out width, and the kernel's
        last three axes
    """
    indptr = listed[0]
    n_samples, n_rows, n_out = a_in.shape
    heard = (indptr.shape[0] - 1) // n_samples
    n_pixels = shapes[3] * shapes[4]
    n_channels = n_out // n_pixels
    total = np.zeros((n_pixels + SIXTEEN) * n_channels + SIXTEEN, np.int32)
    turned = np.zeros((n_channels + SIXTEEN) * n_pixels + SIXTEEN, np.int32)
    for b in range(n_samples):
        for r in range(max(-lag, 0), n_rows):
            row = b * heard + r + lag
            if indptr[row] == indptr[row + 1]:
                continue
            total[:] = 0
            _scatter(listed, row, graded, kernel, rows, columns, shapes, n_channels, total)
            _turn(total, n_pixels, n_channels, turned)
            deliver(turned, fold, a_in[b, r])


@compiled
def _scatter(
    listed: Events,
    row: int,
    graded: bool,
    kernel: Weights,
    rows: tuple[I64, I32],
    columns: tuple[I64, I32],
    shapes: Shapes,
    n_channels: int,
    total: I32,
) -> None:
    """Add what the events of `row` bring to `total` (pixel, channel)."""
    indptr, sources, payloads = listed
    height, width, group_in, _, out_width, n_high, n_wide, n_run = shapes
    for e in range(indptr[row], indptr[row + 1]):
        channel, pixel = divmod(np.uintp(sources[e]), np.uintp(height * width))
        y, x = divmod(pixel, np.uintp(width))
        begin = int(channel) // group_in * n_run
        for a in range(rows[0][y], rows[0][y + np.uintp(1)]):
            tap_row = (int(channel) * n_high + rows[1][a, 0]) * n_wide
            out_row = rows[1][a, 1] * out_width
            for b in range(columns[0][x], columns[0][x + np.uintp(1)]):
                source = (tap_row + columns[1][b, 0]) * n_run
                target = (out_row + columns[1][b, 1]) * n_channels + begin
                length = columns[1][b, 2] * n_run
                if graded:
                    add_run(kernel, source, payloads[e], total, target, length)
                else:
                    add_run(kernel, source, None, total, target, length)


@compiled
def _turn(total: I32, n_pixels: int, n_channels: int, turned: I32) -> None:
    """Copy (pixel, channel) to (channel, pixel), sixteen of each at a time.

    What is copied beyond the last pixel or channel is overwritten, or lies behind the last of all.
    """
    last = (n_pixels - 1) // SIXTEEN * SIXTEEN
    for channel in range(0, n_channels, SIXTEEN):
        for pixel in range(last, -1, -SIXTEEN):
            first, at = pixel * n_channels + channel, channel * n_pixels + pixel
            turn(total, first, n_channels, turned, at, n_pixels)
