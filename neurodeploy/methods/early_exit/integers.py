"""A trained policy network in the integers that every executor computes."""

import numpy as np
from numpy.typing import NDArray

from neurodeploy.geometry.conv import ConvGeometry
from neurodeploy.model import Affine, Conv2d, Flatten, Model, Relu, Scale
from neurodeploy.program.operator import Conv, Dense
from neurodeploy.program.step_policy import PolicyLayer, StepPolicy

WEIGHT_BITS = 8
VALUE_BITS = 16
"""Activations are shifted so that the largest seen fits into so many bits, sign included."""

Ints = NDArray[np.int64]


def integer_policy(
    model: Model,
    x: Ints,
    *,
    input_name: str,
    choices: tuple[int, ...],
    n_seen_steps: int,
) -> StepPolicy:
    """Return `model` with weights of 8 bits, its activations scaled for the samples `x`.

    Parameters
    ----------
    x : (sample, *shape), integers as they arrive.
    """
    layers: list[PolicyLayer] = []
    shape = model.inputs[0].shape
    values, unit = x.reshape(len(x), -1).astype(np.int64), 1.0  # `unit`: integers of one float unit
    for projection in model.projections:
        relu = isinstance(model.population(projection.target).neuron, Relu)
        for operator in projection.chain:
            match operator:
                case Scale():
                    unit /= float(operator.scale.ravel()[0])
                case Flatten():
                    pass
                case Conv2d() | Affine():
                    layer, unit = _layer(operator, shape, unit, values, relu=relu)
                    values = np.stack([layer.of(value) for value in values])
                    layers.append(layer)
                case _:
                    raise ValueError(f"a policy network has no {type(operator).__name__}")
            shape = operator.output_shape(shape)
    return StepPolicy(
        input=input_name, layers=tuple(layers), choices=choices, n_seen_steps=n_seen_steps
    )


def _layer(
    operator: Conv2d | Affine, shape: tuple[int, ...], unit: float, values: Ints, *, relu: bool
) -> tuple[PolicyLayer, float]:
    """Return the layer in integers, and the integers of one float unit behind it."""
    most = float(np.abs(operator.weight).max()) or 1.0
    factor = (2 ** (WEIGHT_BITS - 1) - 1) / most
    weight = np.rint(operator.weight * factor).astype(np.int32)
    n_places = int(np.prod(operator.output_shape(shape))) // len(weight)
    given = np.zeros(len(weight)) if operator.bias is None else operator.bias
    bias = np.repeat(np.rint(given * factor * unit).astype(np.int64), n_places)
    whole = PolicyLayer(operator=_operator(operator, weight, shape), bias=bias, relu=relu)
    if not relu:
        return whole, factor * unit
    largest = max(int(whole.of(value).max()) for value in values)
    shift = max(largest.bit_length() - (VALUE_BITS - 1), 0)
    layer = PolicyLayer(operator=whole.operator, bias=bias, relu=relu, shift=shift)
    return layer, factor * unit / 2**shift


def _operator(
    operator: Conv2d | Affine, weight: NDArray[np.int32], shape: tuple[int, ...]
) -> Dense | Conv:
    if isinstance(operator, Affine):
        return Dense(mantissa=weight)
    channels, height, width = shape
    geometry = ConvGeometry(
        input_shape=(channels, height, width),
        out_channels=len(weight),
        kernel=(weight.shape[2], weight.shape[3]),
        stride=operator.stride,
        padding=operator.padding,
    )
    return Conv(mantissa=weight, geometry=geometry)
