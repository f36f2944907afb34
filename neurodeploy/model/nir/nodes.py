"""NIR's nodes as our neurons and operators, one function a type; FieldError says what is wrong."""

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from neurodeploy.geometry.conv import Pair
from neurodeploy.model.neuron import CubaLi, CubaLif, I, If, Li, Lif, Parametric, Threshold
from neurodeploy.model.nir.fields import FieldError, Fields
from neurodeploy.model.nir.findings import Code
from neurodeploy.model.nir.hdf5 import RawNode
from neurodeploy.model.operator import (
    Affine,
    AvgPool2d,
    Conv1d,
    Conv2d,
    Flatten,
    Scale,
    SumPool2d,
)

Floats = NDArray[np.float64]
NirOperator = Affine | Conv1d | Conv2d | SumPool2d | AvgPool2d | Flatten | Scale
Assumed = Mapping[str, str]
"""Usual values taken for fields that a node lacks."""

_LEAKY = ("tau", "r", "v_leak")
_CUBA = ("tau_syn", "tau_mem", "r", "v_leak", "w_in")
_SPIKING = ("v_threshold", "v_reset")
_CONV = ("weight", "bias", "stride", "padding", "dilation", "groups")


def neuron_of(node: RawNode) -> tuple[Parametric, Floats, Assumed]:
    """Return the dynamics of `node`, its reset potential and what was assumed.

    Raises
    ------
    FieldError
        If a field is missing, unknown or of the wrong kind.
    """
    known, build = NEURONS[node.kind]
    fields = Fields(node, *known)
    neuron = build(fields)
    v_reset = fields.numbers("v_reset", 0.0) if "v_reset" in known else np.zeros(())
    return neuron, v_reset, fields.assumed


def operator_of(node: RawNode) -> tuple[NirOperator, Assumed]:
    """Return the operator that `node` is, and what was assumed.

    Raises
    ------
    FieldError
        If a field is missing, unknown or of the wrong kind, or a form is not read yet.
    """
    known, build = OPERATORS[node.kind]
    fields = Fields(node, *known)
    return build(fields), fields.assumed


def delay_of(node: RawNode) -> float:
    """Return the seconds that a Delay node with one value for all neurons waits.

    Raises
    ------
    FieldError
        If it has several, or one that is no time.
    """
    values = Fields(node, "delay").numbers("delay")
    if not np.isfinite(values).all() or not values.size or values.min() < 0:
        raise FieldError(Code.FIELD, f"delay is {values.tolist()}, expected seconds")
    if (values != values.flat[0]).any():
        n_values = len(np.unique(values))
        raise FieldError(Code.FORM, f"delays of {n_values} different lengths are not read")
    return float(values.flat[0])


def shape_of(node: RawNode) -> tuple[int, ...]:
    """Return the shape of an Input or Output node; FieldError if it has none."""
    return Fields(node, "shape").shape("shape")


def _if(fields: Fields) -> If:
    return If(r=fields.numbers("r"), v_threshold=fields.numbers("v_threshold"))


def _lif(fields: Fields) -> Lif:
    return Lif(
        tau_s=fields.numbers("tau"),
        r=fields.numbers("r"),
        v_leak=fields.numbers("v_leak", 0.0),
        v_threshold=fields.numbers("v_threshold"),
    )


def _cuba_lif(fields: Fields) -> CubaLif:
    return CubaLif(
        tau_syn_s=fields.numbers("tau_syn"),
        tau_mem_s=fields.numbers("tau_mem"),
        r=fields.numbers("r"),
        v_leak=fields.numbers("v_leak", 0.0),
        v_threshold=fields.numbers("v_threshold"),
        w_in=fields.numbers("w_in", 1.0),
    )


def _i(fields: Fields) -> I:
    return I(r=fields.numbers("r"))


def _li(fields: Fields) -> Li:
    return Li(
        tau_s=fields.numbers("tau"), r=fields.numbers("r"), v_leak=fields.numbers("v_leak", 0.0)
    )


def _cuba_li(fields: Fields) -> CubaLi:
    return CubaLi(
        tau_syn_s=fields.numbers("tau_syn"),
        tau_mem_s=fields.numbers("tau_mem"),
        r=fields.numbers("r"),
        v_leak=fields.numbers("v_leak", 0.0),
        w_in=fields.numbers("w_in", 1.0),
    )


def _threshold(fields: Fields) -> Threshold:
    return Threshold(threshold=fields.numbers("threshold"))


def _affine(fields: Fields) -> Affine:
    weight = fields.numbers("weight")
    if weight.ndim < 2:
        raise FieldError(
            Code.FIELD, f"weights of shape {weight.shape}, expected (..., n_out, n_in)"
        )
    has_bias = fields.node.kind == "Affine" or "bias" in fields.node.fields
    return Affine(weight=weight, bias=fields.numbers("bias") if has_bias else None)


def _scale(fields: Fields) -> Scale:
    return Scale(scale=fields.numbers("scale"))


def _conv1d(fields: Fields) -> Conv1d:
    weight = _weight(fields, "(n_out, n_in / groups, length)", 3)
    stride, dilation = fields.integer("stride", 1), fields.integer("dilation", 1)
    weight, padding = _padded(fields, weight[:, :, None], (1, stride), (1, dilation))
    return Conv1d(
        weight=weight[:, :, 0],
        bias=_bias(fields),
        stride=stride,
        padding=padding[1],
        dilation=dilation,
        groups=fields.integer("groups", 1),
    )


def _conv2d(fields: Fields) -> Conv2d:
    weight = _weight(fields, "(n_out, n_in / groups, height, width)", 4)
    stride, dilation = fields.pair("stride", (1, 1)), fields.pair("dilation", (1, 1))
    weight, padding = _padded(fields, weight, stride, dilation)
    return Conv2d(
        weight=weight,
        bias=_bias(fields),
        stride=stride,
        padding=padding,
        dilation=dilation,
        groups=fields.integer("groups", 1),
    )


def _weight(fields: Fields, form: str, n_axes: int) -> Floats:
    weight = fields.numbers("weight")
    if weight.ndim != n_axes:
        raise FieldError(Code.FIELD, f"weights of shape {weight.shape}, expected {form}")
    return weight


def _bias(fields: Fields) -> Floats | None:
    bias = fields.numbers("bias", 0.0)
    return bias if bias.any() else None


def _padded(fields: Fields, weight: Floats, stride: Pair, dilation: Pair) -> tuple[Floats, Pair]:
    """Return weights and padding; 'same' of an even kernel takes a zero in front, as torch pads."""
    padding = fields.text("padding")
    if padding is None:
        return weight, fields.pair("padding", (0, 0))
    if padding == "valid":
        return weight, (0, 0)
    if padding != "same":
        raise FieldError(Code.FIELD, f"padding is {padding!r}, expected numbers, 'same' or 'valid'")
    extent = [d * (size - 1) for d, size in zip(dilation, weight.shape[2:], strict=True)]
    odd = [n % 2 for n in extent]
    if stride != (1, 1) or any(o and d != 1 for o, d in zip(odd, dilation, strict=True)):
        raise FieldError(
            Code.FORM,
            f"padding 'same' with kernel {weight.shape[2:]}, stride {stride}, dilation {dilation} "
            "has no numbers; give the padding in numbers",
        )
    weight = np.pad(weight, ((0, 0), (0, 0), *((o, 0) for o in odd)))
    return weight, ((extent[0] + 1) // 2, (extent[1] + 1) // 2)


def _sum_pool(fields: Fields) -> SumPool2d:
    kernel = fields.pair("kernel_size")
    return SumPool2d(
        kernel=kernel,
        stride=fields.pair("stride", kernel),
        padding=fields.pair("padding", (0, 0)),
    )


def _avg_pool(fields: Fields) -> AvgPool2d:
    pool = _sum_pool(fields)
    return AvgPool2d(kernel=pool.kernel, stride=pool.stride, padding=pool.padding)


def _flatten(fields: Fields) -> Flatten:
    """Return it in the one form that all axes have: 0 to -1."""
    start, end = fields.integer("start_dim", 1), fields.integer("end_dim", -1)
    declared = fields.node.fields.get("input_type")
    if isinstance(declared, np.ndarray) and declared.size:
        end = -1 if end == declared.size - 1 else end
        start = 0 if start == -declared.size else start
    return Flatten(start_dim=start, end_dim=end)


NEURONS: Mapping[str, tuple[tuple[str, ...], Callable[[Fields], Parametric]]] = {
    "CubaLI": (_CUBA, _cuba_li),
    "CubaLIF": ((*_CUBA, *_SPIKING), _cuba_lif),
    "I": (("r",), _i),
    "IF": (("r", *_SPIKING), _if),
    "LI": (_LEAKY, _li),
    "LIF": ((*_LEAKY, *_SPIKING), _lif),
    "Threshold": (("threshold",), _threshold),
}
OPERATORS: Mapping[str, tuple[tuple[str, ...], Callable[[Fields], NirOperator]]] = {
    "Affine": (("weight", "bias"), _affine),
    "AvgPool2d": (("kernel_size", "stride", "padding"), _avg_pool),
    "Conv1d": (_CONV, _conv1d),
    "Conv2d": (_CONV, _conv2d),
    "Flatten": (("start_dim", "end_dim"), _flatten),
    "Linear": (("weight", "bias"), _affine),
    "Scale": (("scale",), _scale),
    "SumPool2d": (("kernel_size", "stride", "padding"), _sum_pool),
}
WEIGHTED = {"Affine", "Conv1d", "Conv2d", "Linear"}
CHAINED = {*OPERATORS, "Delay"}
"""What lies between neurons."""
