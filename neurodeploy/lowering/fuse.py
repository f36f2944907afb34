"""Fuse a chain of operators into one weighted operator in float: dense, convolution or identity."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from neurodeploy.geometry.conv import ConvGeometry
from neurodeploy.lowering.one_hot import conv_of
from neurodeploy.model import (
    Affine,
    AvgPool2d,
    BatchNorm,
    Conv1d,
    Conv2d,
    Flatten,
    Operator,
    Scale,
    Select,
    Shift,
    SumPool2d,
)

Floats = NDArray[np.float64]
Shape = tuple[int, ...]

MAX_EXPANDED = 1 << 26
"""Weights to which a chain that is no single convolution may be written out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fused:
    """One linear map in C order.

    `weight` is (n_out, n_in) without `geometry`, (out, in / groups, height, width) with it, or None
    for the identity. `bias` is (n_out,). `expanded` says that structural zeros were written out.
    """

    weight: Floats | None
    bias: Floats
    shape: Shape
    geometry: ConvGeometry | None = None
    expanded: bool = False


def fuse(chain: tuple[Operator, ...], shape: Shape) -> Fused:
    """Return the one operator that equals `chain` on inputs of `shape`.

    Raises
    ------
    ValueError
        If it would have to be written out beyond `MAX_EXPANDED` weights.
    """
    size = int(np.prod(shape, dtype=np.int64))
    fused = Fused(weight=None, bias=np.zeros(size), shape=shape)
    for operator in chain:
        fused = _append(fused, operator)
    return fused


def _append(fused: Fused, operator: Operator) -> Fused:
    match operator:
        case Flatten():
            return _reshaped(fused, operator.output_shape(fused.shape))
        case AvgPool2d():
            return scaled(_append(fused, operator.as_sum), np.full((), operator.factor))
        case Scale():
            return scaled(fused, operator.scale)
        case SumPool2d():
            geometry = operator.geometry(fused.shape)
            return _convolved(fused, np.ones(geometry.weight_shape), geometry, None)
        case Conv1d():
            image = _reshaped(fused, (fused.shape[0], 1, *fused.shape[1:]))
            return _reshaped(_append(image, operator.as_conv2d), operator.output_shape(fused.shape))
        case Conv2d():
            geometry = operator.geometry(fused.shape)
            return _convolved(fused, operator.weight, geometry, operator.bias)
        case Affine():
            return _multiplied(fused, operator)
        case Select():
            return _selected(fused, operator)
        case Shift():
            shift = np.broadcast_to(operator.shift, fused.shape).ravel()
            return replace(fused, bias=fused.bias + shift)
        case BatchNorm():
            raise ValueError("BatchNorm must be folded first (passes.FoldBatchNorm)")


def _reshaped(fused: Fused, shape: Shape) -> Fused:
    return replace(fused, shape=shape)


def scaled(fused: Fused, scale: Floats) -> Fused:
    """Return `fused` with its rows multiplied.

    It stays a convolution where the scale is constant in each channel.
    """
    full = np.broadcast_to(scale, fused.shape)
    bias = fused.bias * full.ravel()
    if fused.weight is None and len(fused.shape) in (2, 3):
        fused = _depthwise(fused)
    if fused.geometry is not None and fused.weight is not None:
        per_channel = full.reshape(fused.geometry.out_channels, -1)
        if (per_channel == per_channel[:, :1]).all():
            weight = fused.weight * per_channel[:, :1, None, None]
            return Fused(weight=weight, bias=bias, shape=fused.shape, geometry=fused.geometry)
    dense = as_dense(fused)
    weight = dense.weight * full.ravel()[:, None]  # type: ignore[operator]  # as_dense has weights
    return Fused(weight=weight, bias=bias, shape=fused.shape, expanded=dense.expanded)


def _convolved(fused: Fused, weight: Floats, geometry: ConvGeometry, bias: Floats | None) -> Fused:
    shape = geometry.output_shape
    own = np.zeros(shape) if bias is None else np.broadcast_to(bias[:, None, None], shape)
    total = own.ravel() + apply_conv(weight, geometry, fused.bias)
    if fused.weight is None:
        return Fused(weight=weight, bias=total, shape=shape, geometry=geometry)
    composite = _composite(fused, weight, geometry)
    if composite is not None:
        return Fused(weight=composite[0], bias=total, shape=shape, geometry=composite[1])
    rows = adjoint(weight, geometry, _identity(int(np.prod(shape, dtype=np.int64)), fused))
    return Fused(weight=_back(fused, rows), bias=total, shape=shape, expanded=True)


def _multiplied(fused: Fused, operator: Affine) -> Fused:
    shape = operator.output_shape(fused.shape)
    own = np.zeros(shape) if operator.bias is None else operator.bias
    matrix = operator.weight if len(shape) == 1 else _block_diagonal(operator.weight, fused)
    bias = own.ravel() + matrix @ fused.bias
    return Fused(weight=_back(fused, matrix), bias=bias, shape=shape, expanded=len(shape) > 1)


def _block_diagonal(weight: Floats, fused: Fused) -> Floats:
    """Return the matrices along the last two axes as blocks of one."""
    *places, n_out, n_in = weight.shape
    n_places = int(np.prod(places, dtype=np.int64))
    blocks = _identity(n_places * n_out, fused).reshape(n_places, n_out, n_places, n_out)
    rows = np.einsum("aobc,bci->aobi", blocks, weight.reshape(n_places, n_out, n_in))
    return rows.reshape(n_places * n_out, n_places * n_in)


def _selected(fused: Fused, select: Select) -> Fused:
    """Return `select` after `fused`: a convolution where it picks pixels of every channel alike."""
    shape = select.output_shape(fused.shape)
    n_out, n_in = int(np.prod(shape, dtype=np.int64)), len(fused.bias)
    bias = select.apply(fused.bias.reshape(1, *fused.shape)).ravel()
    small = n_out * n_in <= MAX_EXPANDED
    conv = conv_of(select, fused.shape) if fused.weight is None else None
    if conv is not None and (conv[1].groups > 1 or not small):
        return Fused(weight=conv[0], bias=bias, shape=shape, geometry=conv[1])
    identity = _identity(n_out, fused).reshape(n_out, *shape)
    rows = select.adjoint(identity, fused.shape).reshape(n_out, n_in)
    return Fused(weight=_back(fused, rows), bias=bias, shape=shape, expanded=True)


def _depthwise(fused: Fused) -> Fused:
    """Return the identity on an image or a series as a convolution of each channel with 1."""
    channels, *rows, width = fused.shape
    geometry = ConvGeometry(
        input_shape=(channels, rows[0] if rows else 1, width),
        out_channels=channels,
        kernel=(1, 1),
        groups=channels,
    )
    return replace(fused, weight=np.ones(geometry.weight_shape), geometry=geometry)


def _back(fused: Fused, rows: Floats) -> Floats:
    """Return ``rows @ M``, M being the matrix of `fused`: (n, n_out) to (n, n_in)."""
    if fused.weight is None:
        return rows
    if fused.geometry is None:
        return rows @ fused.weight
    return adjoint(fused.weight, fused.geometry, rows)


def as_dense(fused: Fused) -> Fused:
    """Return `fused` written out as a matrix."""
    if fused.weight is not None and fused.geometry is None:
        return fused
    rows = _back(fused, _identity(int(np.prod(fused.shape, dtype=np.int64)), fused))
    return Fused(weight=rows, bias=fused.bias, shape=fused.shape, expanded=True)


def _identity(n_rows: int, fused: Fused) -> Floats:
    n_in = fused.geometry.input_shape if fused.geometry is not None else (len(fused.bias),)
    n_weights = n_rows * int(np.prod(n_in, dtype=np.int64))
    if n_weights > MAX_EXPANDED:
        raise ValueError(
            f"its chain is no single convolution and would take {n_weights:,} weights written out "
            f"(at most {MAX_EXPANDED:,}); put a neuron layer between the operators"
        )
    return np.eye(n_rows)


def _composite(
    fused: Fused, weight: Floats, geometry: ConvGeometry
) -> tuple[Floats, ConvGeometry] | None:
    """Return pool-then-convolution as one convolution, or None where that is not exact.

    Exact where the convolution has no padding. With it, the pool must have none, and windows that
    do not overlap and cover the whole input.
    """
    pool = fused.geometry
    if pool is None or fused.weight is None or pool.groups != pool.input_shape[0]:
        return None
    if pool.out_channels != pool.groups or pool.dilation != (1, 1):
        return None
    for axis in (0, 1):
        covered = (pool.output_shape[1 + axis] - 1) * pool.stride[axis] + pool.kernel[axis]
        whole = covered == pool.input_shape[1 + axis] and pool.kernel[axis] <= pool.stride[axis]
        if geometry.padding[axis] and (pool.padding[axis] or not whole):
            return None
    spread = _spread(fused.weight, pool, weight, geometry)
    (sh, sw), (gh, gw), (ph, pw) = pool.stride, geometry.stride, geometry.padding
    composite = ConvGeometry(
        input_shape=pool.input_shape,
        out_channels=geometry.out_channels,
        kernel=(spread.shape[2], spread.shape[3]),
        stride=(sh * gh, sw * gw),
        padding=(ph * sh + pool.padding[0], pw * sw + pool.padding[1]),
        groups=geometry.groups,
    )
    return (spread, composite) if composite.output_shape == geometry.output_shape else None


def _spread(
    pool_weight: Floats, pool: ConvGeometry, weight: Floats, geometry: ConvGeometry
) -> Floats:
    """Return the kernel of the composite: each tap of `weight` spread over one pool window."""
    (kh, kw), (dh, dw) = geometry.kernel, geometry.dilation
    (sh, sw), (wh, ww) = pool.stride, pool.kernel
    shape = ((kh - 1) * dh * sh + wh, (kw - 1) * dw * sw + ww)
    result = np.zeros((*weight.shape[:2], *shape))
    n_in = weight.shape[1]
    for out in range(weight.shape[0]):
        group = out // (geometry.out_channels // geometry.groups)
        window = pool_weight[group * n_in : (group + 1) * n_in, 0]
        for i in range(kh):
            for j in range(kw):
                y, x = i * dh * sh, j * dw * sw
                result[out, :, y : y + wh, x : x + ww] += weight[out, :, i, j, None, None] * window
    return result


def adjoint(weight: Floats, geometry: ConvGeometry, rows: Floats) -> Floats:
    """Return ``rows @ C`` for the matrix C of a convolution: (n, n_out) to (n, n_in)."""
    images = rows.reshape(len(rows), *geometry.output_shape)
    result = np.zeros((len(rows), *geometry.input_shape))
    n_in, n_out = geometry.weight_shape[1], geometry.out_channels // geometry.groups
    for group in range(geometry.groups):
        source = slice(group * n_in, (group + 1) * n_in)
        target = slice(group * n_out, (group + 1) * n_out)
        for i in range(geometry.kernel[0]):
            for j in range(geometry.kernel[1]):
                (y_out, y_in), (x_out, x_in) = geometry.taps(0, i), geometry.taps(1, j)
                part = images[:, target, y_out[:, None], x_out[None, :]]
                taps = np.einsum("noyx,oc->ncyx", part, weight[target, :, i, j])
                result[:, source, y_in[:, None], x_in[None, :]] += taps
    return result.reshape(len(rows), -1)


def apply_conv(weight: Floats, geometry: ConvGeometry, values: Floats) -> Floats:
    """Return the convolution of one flat input, flat."""
    operator = Conv2d(
        weight=weight,
        stride=geometry.stride,
        padding=geometry.padding,
        dilation=geometry.dilation,
        groups=geometry.groups,
    )
    return operator.apply(values.reshape(1, *geometry.input_shape)).ravel()
