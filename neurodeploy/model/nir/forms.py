"""Populations and operators of a Model as NIR nodes, collected before anything is written."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray

from neurodeploy.model.model import Population
from neurodeploy.model.neuron import (
    CubaLi,
    CubaLif,
    I,
    If,
    Li,
    Lif,
    Max,
    Neuron,
    Relu,
    Threshold,
)
from neurodeploy.model.nir.conv import conv_notes, plain_conv, plain_conv1d
from neurodeploy.model.nir.hdf5 import RawNode
from neurodeploy.model.nir.notes import ConvNotes
from neurodeploy.model.operator import (
    Affine,
    AvgPool2d,
    BatchNorm,
    Conv1d,
    Conv2d,
    Flatten,
    Operator,
    Scale,
    SumPool2d,
)

_INSTEAD = "write a folder with model.json (-o without .nir)"

Shape = tuple[int, ...]
Arrays = dict[str, NDArray[np.float64]]


@dataclass(slots=True)
class Draft:
    """What is collected while the model is walked through."""

    nodes: dict[str, RawNode] = field(default_factory=dict)
    convolutions: dict[str, ConvNotes] = field(default_factory=dict)
    scales: dict[str, Shape] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    def add(self, name: str, kind: str, **fields: ArrayLike) -> None:
        """Take in a node; its name must be free and one that HDF5 can hold."""
        if name in self.nodes or "/" in name or name in ("", "."):
            self.problems.append(f"the name {name!r} is taken or no HDF5 name; rename it")
        arrays = {key: np.asarray(value, dtype=np.float64) for key, value in fields.items()}
        self.nodes[name] = RawNode(name=name, kind=kind, fields=arrays)

    def free(self, name: str) -> str:
        """Return `name`, with a number if it is taken."""
        number = 1
        unique = name
        while unique in self.nodes:
            unique, number = f"{name}_{number}", number + 1
        return unique


def add_neuron(draft: Draft, population: Population) -> None:
    """Add the neurons of `population`, every parameter in full, or say why NIR has none such."""
    name, neuron = population.name, population.neuron
    if isinstance(neuron, Relu):
        draft.problems.append(
            f"population {name!r} is Relu: NIR holds no artificial network; convert it, or "
            f"{_INSTEAD}"
        )
    elif isinstance(neuron, Max):
        draft.problems.append(f"population {name!r} is Max: NIR has no maximum pooling; {_INSTEAD}")
    else:
        kind, fields = _neuron_fields(neuron)
        if isinstance(neuron, If | Lif | CubaLif):
            fields["v_reset"] = population.v_reset
        full = {key: np.broadcast_to(value, population.shape) for key, value in fields.items()}
        draft.add(name, kind, **full)


def add_operator(draft: Draft, name: str, operator: Operator, shape: Shape) -> None:
    """Add `operator` on inputs of `shape`, or say why NIR has none such."""
    match operator:
        case Affine():
            bias = {} if operator.bias is None else {"bias": operator.bias}
            draft.add(name, "Affine" if bias else "Linear", weight=operator.weight, **bias)
        case Conv1d():
            _add_conv(draft, name, operator, plain_conv1d(operator), shape[1])
        case Conv2d():
            try:
                _add_conv(draft, name, operator, plain_conv(operator), shape[1:])
            except ValueError as error:
                draft.problems.append(f"{name!r}: {error}")
        case Scale():
            draft.scales[name] = operator.scale.shape
            draft.add(name, "Scale", scale=np.broadcast_to(operator.scale, shape))
        case SumPool2d() | AvgPool2d():
            draft.add(
                name,
                type(operator).__name__,
                kernel_size=operator.kernel,
                stride=operator.stride,
                padding=operator.padding,
            )
        case Flatten():
            axes = {"start_dim": operator.start_dim, "end_dim": operator.end_dim}
            draft.add(name, "Flatten", **axes, input_type=shape)
        case BatchNorm():
            draft.problems.append(f"{name!r} is BatchNorm, which NIR lacks; fold it first")
        case _:
            kind = type(operator).__name__
            draft.problems.append(f"{name!r} is {kind}, which NIR lacks; {_INSTEAD}")


def _add_conv(
    draft: Draft,
    name: str,
    conv: Conv1d | Conv2d,
    plain: Conv1d | Conv2d,
    input_shape: int | Shape,
) -> None:
    if plain.weight.shape != conv.weight.shape:
        draft.convolutions[name] = conv_notes(conv)
    draft.add(
        name,
        type(plain).__name__,
        input_shape=input_shape,
        weight=plain.weight,
        stride=plain.stride,
        padding=plain.padding,
        dilation=plain.dilation,
        groups=1,
        bias=np.zeros(len(plain.weight)) if plain.bias is None else plain.bias,
    )


def _neuron_fields(neuron: Neuron) -> tuple[str, Arrays]:
    match neuron:
        case If():
            return "IF", {"r": neuron.r, "v_threshold": neuron.v_threshold}
        case I():
            return "I", {"r": neuron.r}
        case Threshold():
            return "Threshold", {"threshold": neuron.threshold}
        case Lif():
            own = {"v_threshold": neuron.v_threshold}
            return "LIF", {"tau": neuron.tau_s, "r": neuron.r, "v_leak": neuron.v_leak, **own}
        case Li():
            return "LI", {"tau": neuron.tau_s, "r": neuron.r, "v_leak": neuron.v_leak}
        case CubaLif():
            return "CubaLIF", {**_cuba_fields(neuron), "v_threshold": neuron.v_threshold}
        case CubaLi():
            return "CubaLI", _cuba_fields(neuron)
        case _:
            raise AssertionError(neuron)


def _cuba_fields(neuron: CubaLif | CubaLi) -> Arrays:
    return {
        "tau_syn": neuron.tau_syn_s,
        "tau_mem": neuron.tau_mem_s,
        "r": neuron.r,
        "w_in": neuron.w_in,
        "v_leak": neuron.v_leak,
    }
