"""NIR's nodes as our neurons and operators, one function a type; ValueError says what is wrong."""

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from neurodeploy.geometry.conv import Pair
from neurodeploy.model.neuron import CubaLif, If, Li, Lif
from neurodeploy.model.nir.hdf5 import RawNode
from neurodeploy.model.operator import Affine, AvgPool2d, Conv2d, Flatten, SumPool2d

Floats = NDArray[np.float64]
NirNeuron = If | Lif | CubaLif | Li
NirOperator = Affine | Conv2d | SumPool2d | AvgPool2d | Flatten

MAX_SIZE = 1 << 28
"""Values an input or output may have: what still fits into memory."""

_IGNORED = {"input_type", "output_type", "input_shape"}  # shapes, which we derive ourselves


def neuron_of(node: RawNode) -> NirNeuron:
    """Return the neuron dynamics of `node`.

    Raises
    ------
    ValueError
        If a field is missing, unknown or of the wrong kind.
    """
    return NEURONS[node.kind](node)


def operator_of(node: RawNode) -> NirOperator:
    """Return the operator that `node` is.

    Raises
    ------
    ValueError
        If a field is missing, unknown or of the wrong kind, or a form is not read yet.
    """
    return OPERATORS[node.kind](node)


def v_reset_of(node: RawNode) -> Floats:
    """Return the reset potential of `node`, 0 where it names none."""
    return _numbers(node, "v_reset", 0.0)


def shape_of(node: RawNode) -> tuple[int, ...]:
    """Return the shape of an Input or Output node."""
    values = np.atleast_1d(_numbers(node, "shape"))
    if not _are_integers(values) or values.min(initial=1) < 1 or values.prod() > MAX_SIZE:
        raise ValueError(
            f"shape is {values.tolist()}, expected positive integers and at most {MAX_SIZE} in all"
        )
    return tuple(int(value) for value in values.ravel())


def _if(node: RawNode) -> If:
    _check(node, "r", "v_threshold", "v_reset")
    return If(r=_numbers(node, "r"), v_threshold=_numbers(node, "v_threshold"))


def _lif(node: RawNode) -> Lif:
    _check(node, "tau", "r", "v_leak", "v_threshold", "v_reset")
    return Lif(
        tau_s=_numbers(node, "tau"),
        r=_numbers(node, "r"),
        v_leak=_numbers(node, "v_leak", 0.0),
        v_threshold=_numbers(node, "v_threshold"),
    )


def _cuba_lif(node: RawNode) -> CubaLif:
    _check(node, "tau_syn", "tau_mem", "r", "v_leak", "v_threshold", "v_reset", "w_in")
    return CubaLif(
        tau_syn_s=_numbers(node, "tau_syn"),
        tau_mem_s=_numbers(node, "tau_mem"),
        r=_numbers(node, "r"),
        v_leak=_numbers(node, "v_leak", 0.0),
        v_threshold=_numbers(node, "v_threshold"),
        w_in=_numbers(node, "w_in", 1.0),
    )


def _li(node: RawNode) -> Li:
    _check(node, "tau", "r", "v_leak")
    return Li(
        tau_s=_numbers(node, "tau"), r=_numbers(node, "r"), v_leak=_numbers(node, "v_leak", 0.0)
    )


def _affine(node: RawNode) -> Affine:
    _check(node, "weight", "bias")
    weight = _numbers(node, "weight")
    if weight.ndim != 2:
        raise ValueError(f"weights of shape {weight.shape} are not read yet, only (n_out, n_in)")
    bias = _numbers(node, "bias") if node.kind == "Affine" else None
    return Affine(weight=weight, bias=bias)


def _conv2d(node: RawNode) -> Conv2d:
    _check(node, "weight", "bias", "stride", "padding", "dilation", "groups")
    weight = _numbers(node, "weight")
    if weight.ndim != 4:
        raise ValueError(
            f"weights of shape {weight.shape}, expected (n_out, n_in / groups, height, width)"
        )
    stride, dilation = _pair(node, "stride", (1, 1)), _pair(node, "dilation", (1, 1))
    bias = _numbers(node, "bias", 0.0)
    return Conv2d(
        weight=weight,
        bias=bias if bias.any() else None,
        stride=stride,
        padding=_conv_padding(node, (weight.shape[2], weight.shape[3]), stride, dilation),
        dilation=dilation,
        groups=_integer(node, "groups", 1),
    )


def _conv_padding(node: RawNode, kernel: Pair, stride: Pair, dilation: Pair) -> Pair:
    padding = node.fields.get("padding")
    if not isinstance(padding, str):
        return _pair(node, "padding", (0, 0))
    if padding == "valid":
        return 0, 0
    if padding != "same":
        raise ValueError(f"padding is {padding!r}, expected numbers, 'same' or 'valid'")
    extent = dilation[0] * (kernel[0] - 1), dilation[1] * (kernel[1] - 1)
    if stride != (1, 1) or extent[0] % 2 or extent[1] % 2:
        raise ValueError(
            f"padding 'same' with kernel {kernel}, stride {stride} is one-sided; "
            "not read yet, give the padding in numbers"
        )
    return extent[0] // 2, extent[1] // 2


def _sum_pool(node: RawNode) -> SumPool2d:
    _check(node, "kernel_size", "stride", "padding")
    kernel = _pair(node, "kernel_size")
    return SumPool2d(
        kernel=kernel,
        stride=_pair(node, "stride", kernel),
        padding=_pair(node, "padding", (0, 0)),
    )


def _avg_pool(node: RawNode) -> AvgPool2d:
    pool = _sum_pool(node)
    return AvgPool2d(kernel=pool.kernel, stride=pool.stride, padding=pool.padding)


def _flatten(node: RawNode) -> Flatten:
    _check(node, "start_dim", "end_dim")
    start, end = _integer(node, "start_dim", 1), _integer(node, "end_dim", -1)
    shape = np.atleast_1d(_numbers(node, "input_type", 0.0)).astype(np.int64)
    n_axes = len(shape) if "input_type" in node.fields else 0
    last = n_axes - 1 if end == -1 else end
    if n_axes and start < 0:
        start += n_axes
    if start != 0 or (end != -1 and last != n_axes - 1):
        of = f" of {tuple(shape.tolist())}" if n_axes else ""
        raise ValueError(
            f"flattening axes {start} to {end}{of}, counted without the batch, is not read yet; "
            "only all axes (0 to -1)"
        )
    return Flatten()


NEURONS: Mapping[str, Callable[[RawNode], NirNeuron]] = {
    "IF": _if,
    "LIF": _lif,
    "CubaLIF": _cuba_lif,
    "LI": _li,
}
OPERATORS: Mapping[str, Callable[[RawNode], NirOperator]] = {
    "Affine": _affine,
    "AvgPool2d": _avg_pool,
    "Conv2d": _conv2d,
    "Flatten": _flatten,
    "Linear": _affine,
    "SumPool2d": _sum_pool,
}


def _check(node: RawNode, *known: str) -> None:
    unknown = sorted({*node.fields, *node.unreadable} - set(known) - _IGNORED)
    if unknown:
        raise ValueError(f"the field {', '.join(unknown)} is not read yet")
    unreadable = sorted(set(node.unreadable) & set(known))
    if unreadable:
        raise ValueError(f"{', '.join(unreadable)} holds neither numbers nor a text")


def _numbers(node: RawNode, key: str, default: float | None = None) -> Floats:
    value = node.fields.get(key)
    if isinstance(value, str):
        raise ValueError(f"{key} is the text {value!r}, expected numbers")
    if value is None and default is None:
        raise ValueError(f"{key} is missing")
    return np.asarray(default if value is None else value, dtype=np.float64)


def _integer(node: RawNode, key: str, default: int) -> int:
    value = _numbers(node, key, default)
    if value.size != 1 or not _are_integers(value):
        raise ValueError(f"{key} is {value.tolist()}, expected an integer")
    return int(value.item())


def _pair(node: RawNode, key: str, default: Pair | None = None) -> Pair:
    if key not in node.fields and default is not None:
        return default
    values = _numbers(node, key).ravel()
    if values.size not in (1, 2) or not _are_integers(values):
        raise ValueError(f"{key} is {values.tolist()}, expected one or two integers")
    return int(values[0]), int(values[-1])


def _are_integers(values: Floats) -> bool:
    return bool(np.isfinite(values).all() and (values == np.rint(values)).all())
