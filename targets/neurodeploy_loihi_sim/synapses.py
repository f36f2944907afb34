"""Projections as Lava's connection processes: neurons reordered, kernels flipped."""

import numpy as np
from numpy.typing import NDArray

from neurodeploy.program import Conv, Dense, Program, Projection, Sparse
from neurodeploy.program.fixed_point import sign_mode_of, wrap
from neurodeploy.storage.arrays import frozen
from neurodeploy_loihi_sim.layout import ConvSynapses, DenseSynapses, SparseSynapses, Synapses
from neurodeploy_loihi_sim.order import lava_index
from neurodeploy_loihi_sim.sizes import message_bits

INT8 = 127
"""Lava keeps a convolution's kernel size, stride, padding, dilation and groups in int8."""

MAX_DELAY_STEPS = 64
"""Lava's delay of 63 steps, and the step that every connection takes."""


def synapses_of(program: Program, projection: Projection, key: str) -> Synapses:
    """Return the connection process of a weighted `projection`."""
    match projection.operator:
        case Conv() as operator if fits_conv(operator):
            return _conv(program, projection, operator, key)
        case Conv() as operator:
            return _sparse(program, projection, unrolled(operator), key)
        case Dense() as operator:
            return _dense(program, projection, operator, key)
        case Sparse() as operator:
            return _sparse(program, projection, operator, key)
    raise AssertionError("a direct projection has no synapses")


def fits_conv(operator: Conv) -> bool:
    """Say whether Lava's int8 hold the geometry."""
    g = operator.geometry
    return max(*g.kernel, *g.stride, *g.padding, *g.dilation, g.groups) <= INT8


def unrolled(operator: Conv) -> Sparse:
    """Return the convolution's synapses one by one."""
    g = operator.geometry
    inputs = np.arange(operator.n_in).reshape(g.input_shape)
    outputs = np.arange(operator.n_out).reshape(g.output_shape)
    n_in, n_out = g.weight_shape[1], g.out_channels // g.groups
    parts: list[tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]] = []
    for group in range(g.groups):
        taken = inputs[group * n_in : (group + 1) * n_in]
        filled = outputs[group * n_out : (group + 1) * n_out]
        kernels = operator.mantissa[group * n_out : (group + 1) * n_out]
        for i, j in np.ndindex(*g.kernel):
            (y_out, y_in), (x_out, x_in) = g.taps(0, i), g.taps(1, j)
            source = taken[None, :, y_in[:, None], x_in]
            target = filled[:, None, y_out[:, None], x_out]
            weight = kernels[:, :, i, j, None, None].astype(np.int64)
            ends = np.broadcast_arrays(source, target, weight)
            parts.append((ends[0].ravel(), ends[1].ravel(), ends[2].ravel()))
    sources, targets, weights = (np.concatenate(column) for column in zip(*parts, strict=True))
    order = np.argsort(sources, kind="stable")
    counts = np.bincount(sources, minlength=operator.n_in)
    return Sparse(
        n_out=operator.n_out,
        indptr=np.concatenate([[0], np.cumsum(counts)]),
        targets=targets[order].astype(np.int32),
        mantissa=weights[order].astype(np.int32),
    )


def _dense(program: Program, projection: Projection, operator: Dense, key: str) -> DenseSynapses:
    delayed = projection.max_delay_steps > 1
    delays = np.broadcast_to(projection.delay_steps, operator.mantissa.shape) - 1
    rows, columns = _orders(program, projection)
    reordered = np.ix_(rows, columns)
    return DenseSynapses(
        key=key,
        name=projection.name,
        weights=frozen(operator.mantissa[reordered], np.int32),
        delays=frozen(delays[reordered], np.int32) if delayed else None,
        weight_exp=projection.weight_exp,
        sign_mode=sign_mode_of(operator.mantissa),
        message_bits=message_bits(program, projection),
    )


def _sparse(program: Program, projection: Projection, operator: Sparse, key: str) -> SparseSynapses:
    """Turn lists by source into rows by target, both in Lava's order."""
    rows, columns = _orders(program, projection)
    sources = np.repeat(np.arange(operator.n_in), np.diff(operator.indptr))
    row, column = np.argsort(rows)[operator.targets], np.argsort(columns)[sources]
    order = np.lexsort((column, row))
    counts = np.bincount(row, minlength=operator.n_out)
    delayed = projection.max_delay_steps > 1
    delays = np.broadcast_to(projection.delay_steps, operator.mantissa.shape) - 1
    return SparseSynapses(
        key=key,
        name=projection.name,
        shape=(operator.n_out, operator.n_in),
        indptr=frozen(np.concatenate([[0], np.cumsum(counts)]), np.int32),
        indices=frozen(column[order], np.int32),
        weights=frozen(operator.mantissa[order], np.int32),
        delays=frozen(delays[order], np.int32) if delayed else None,
        weight_exp=projection.weight_exp,
        sign_mode=sign_mode_of(operator.mantissa),
        message_bits=message_bits(program, projection),
    )


def _conv(program: Program, projection: Projection, operator: Conv, key: str) -> ConvSynapses:
    g = operator.geometry
    flipped = operator.mantissa[:, :, ::-1, ::-1].transpose(0, 3, 2, 1)
    scaled = wrap(flipped.astype(np.int64) << projection.weight_exp, 32)
    channels, height, width = g.input_shape
    return ConvSynapses(
        key=key,
        name=projection.name,
        weight=frozen(scaled, np.int32),
        input_shape=(width, height, channels),
        stride=g.stride[::-1],
        padding=g.padding[::-1],
        dilation=g.dilation[::-1],
        groups=g.groups,
        message_bits=message_bits(program, projection),
        delay_steps=projection.max_delay_steps,
    )


def _orders(
    program: Program, projection: Projection
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return Lava's order of the targets and of the summed sources."""
    return (
        lava_index(program.shape_of(projection.target)),
        lava_index(program.shape_of(projection.sources[0])),
    )
