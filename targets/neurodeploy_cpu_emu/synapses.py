"""Prepared synapses: the arrays of one weighted operator as a spike reads them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from neurodeploy.geometry.conv import ConvGeometry
from neurodeploy.machine.lanes import SIXTEEN
from neurodeploy.program import Conv, Dense, Projection, Sparse
from neurodeploy.storage.arrays import frozen
from neurodeploy_cpu_emu.kernels.arrays import I16, I32, Weights
from neurodeploy_cpu_emu.kernels.conv import Shapes
from neurodeploy_cpu_emu.kernels.dense import WIDTHS

Run = tuple[int, int, int]
Runs = tuple[NDArray[np.int64], NDArray[np.int32]]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DenseSynapses:
    """Weights (tile, source, target in the tile); times `scale` they are the mantissas.

    What is beyond the last target is 0.
    """

    weights: Weights
    scale: int

    @property
    def partial(self) -> I16 | I32:
        """Fresh scratch for the kernel: as wide as a sum of `kernels.dense.CHUNK` rows needs."""
        width = self.weights.shape[2]
        return (
            np.empty(width, np.int16) if self.weights.itemsize == 1 else np.empty(width, np.int32)
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SparseSynapses:
    """One piece a distinct delay: ``indptr[piece, source]`` ranges over targets and mantissas.

    Parameters
    ----------
    delays : int64 (pieces,)
    indptr : int64 (pieces, sources + 1)
    targets, mantissa : int32 (synapses,)
    """

    delays: NDArray[np.int64]
    indptr: NDArray[np.int64]
    targets: NDArray[np.int32]
    mantissa: NDArray[np.int32]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ConvSynapses:
    """A kernel whose last axis is the output channel, and where input rows and columns land.

    Parameters
    ----------
    kernel : (input channel, height, width mirrored, output channel of its group) laid flat, and
        SIXTEEN zeros; times `scale` they are the mantissas.
    rows, columns : indptr by input position, then runs of (first tap, first output, length)
    shapes : input height and width, input channels of a group, output height and width, and the
        kernel's last three axes
    """

    kernel: Weights
    scale: int
    rows: Runs
    columns: Runs
    shapes: Shapes


Synapses = DenseSynapses | SparseSynapses | ConvSynapses


def prepared(operator: Dense | Sparse | Conv, projection: Projection) -> Synapses:
    """Return the arrays that the kernels read for a weighted `projection`."""
    match operator:
        case Conv():
            return _conv(operator)
        case Dense() if np.unique(projection.delay_steps).size == 1:
            weights, scale = narrowed(operator.mantissa.T)
            return DenseSynapses(weights=_tiled(weights), scale=scale)
        case Dense():
            sources, targets = np.nonzero(operator.mantissa.T)
            stored = (targets, sources)
            delay = np.broadcast_to(projection.delay_steps, operator.mantissa.shape)[stored]
            return _sparse(sources, targets, operator.mantissa[stored], delay, operator.n_in)
        case Sparse():
            sources = np.repeat(np.arange(operator.n_in), np.diff(operator.indptr))
            delay = np.broadcast_to(projection.delay_steps, sources.shape)
            return _sparse(sources, operator.targets, operator.mantissa, delay, operator.n_in)


def narrowed(mantissa: NDArray[np.int32]) -> tuple[Weights, int]:
    """Return (weights, scale) with ``weights * scale == mantissa``, in as few bytes as possible.

    Mixed signs lose their least bit on a core, so half of them fits into int8.
    """
    low, high = int(mantissa.min(initial=0)), int(mantissa.max(initial=0))
    if low >= -128 and high <= 127:
        return frozen(mantissa, np.int8), 1
    if low >= -256 and high <= 255 and not np.any(mantissa & 1):
        return frozen(mantissa >> 1, np.int8), 2
    if low == 0 and high <= 255:
        return frozen(mantissa, np.uint8), 1
    if high == 0 and low >= -255:
        return frozen(-mantissa, np.uint8), -1
    narrow = low >= -32768 and high <= 32767
    return frozen(mantissa, np.int16 if narrow else np.int32), 1


def _tiled(weights: Weights) -> Weights:
    """Return `weights` (source, target) as (tile, source, target in the tile)."""
    n_in, n_out = weights.shape
    width = next((w for w in WIDTHS if w >= n_out), WIDTHS[-1])
    n_tiles = max(-(-n_out // width), 1)
    padded = np.zeros((n_in, n_tiles * width), weights.dtype)
    padded[:, :n_out] = weights
    return frozen(padded.reshape(n_in, n_tiles, width).transpose(1, 0, 2), weights.dtype)


def _sparse(
    sources: NDArray[np.int64],
    targets: NDArray[np.integer],
    mantissa: NDArray[np.int32],
    delay: NDArray[np.integer],
    n_in: int,
) -> SparseSynapses:
    delays, piece = np.unique(delay, return_inverse=True)
    order = np.lexsort((targets, sources, piece))
    per_row = np.bincount(piece * n_in + sources, minlength=delays.size * n_in)
    ends = np.cumsum(per_row).reshape(delays.size, n_in)
    begins = np.concatenate([np.zeros((delays.size, 1), np.int64), ends[:, :-1]], axis=1)
    begins[1:, 0] = ends[:-1, -1]
    return SparseSynapses(
        delays=frozen(delays, np.int64),
        indptr=frozen(np.concatenate([begins, ends[:, -1:]], axis=1), np.int64),
        targets=frozen(targets[order], np.int32),
        mantissa=frozen(mantissa[order], np.int32),
    )


def _conv(operator: Conv) -> ConvSynapses:
    geometry = operator.geometry
    _, group_in, *kernel = geometry.weight_shape
    mirrored = operator.mantissa[..., ::-1].reshape(geometry.groups, -1, group_in, *kernel)
    laid_out = mirrored.transpose(0, 2, 3, 4, 1).reshape(geometry.input_shape[0], *kernel, -1)
    columns = [
        [(kernel[1] - 1 - tap, output, 1) for tap, output, _ in taps] for taps in _taps(geometry, 1)
    ]
    weights, scale = narrowed(laid_out)
    return ConvSynapses(
        kernel=frozen(np.pad(weights.ravel(), (0, SIXTEEN)), weights.dtype),
        scale=scale,
        rows=_table(_taps(geometry, 0)),
        columns=_table([_joined(c) for c in columns] if geometry.groups == 1 else columns),
        shapes=(
            *geometry.input_shape[1:],
            group_in,
            *geometry.output_shape[1:],
            *geometry.kernel,
            laid_out.shape[3],
        ),
    )


def _taps(geometry: ConvGeometry, axis: int) -> list[list[Run]]:
    """Return, for each input position along `axis`, its (tap, output, 1), outputs ascending."""
    found: list[list[Run]] = [[] for _ in range(geometry.input_shape[1 + axis])]
    for tap in reversed(range(geometry.kernel[axis])):
        for output, source in zip(*geometry.taps(axis, tap), strict=True):
            found[int(source)].append((tap, int(output), 1))
    return found


def _joined(taps: list[Run]) -> list[Run]:
    """Return neighbours joined: at stride 1 a position meets the whole kernel row as one run."""
    runs: list[Run] = []
    for tap, output, length in taps:
        last = runs[-1] if runs else (0, 0, 0)
        if runs and (last[0] + last[2], last[1] + last[2]) == (tap, output):
            runs[-1] = (last[0], last[1], last[2] + length)
        else:
            runs.append((tap, output, length))
    return runs


def _table(runs: list[list[Run]]) -> Runs:
    indptr = np.cumsum([0, *map(len, runs)])
    entries = [run for position in runs for run in position]
    return frozen(indptr, np.int64), frozen(np.array(entries, np.int32).reshape(-1, 3), np.int32)
