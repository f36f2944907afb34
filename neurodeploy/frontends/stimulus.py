"""Samples to the integers a deployment takes; nothing is guessed, clipped or rounded silently."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from neurodeploy.deployment.deployment import Deployment
from neurodeploy.deployment.host import HostDrive, InputCoding
from neurodeploy.errors import InputError
from neurodeploy.frontends.samples import Encoding, Samples, series_of
from neurodeploy.model import Affine, Conv1d, Conv2d, Model
from neurodeploy.model.join import without_joins
from neurodeploy.target import Stimulus

Array = NDArray[Any]


def stimulus_for(
    deployment: Deployment, samples: Samples, encoding: Encoding | None = None
) -> Stimulus:
    """Return the integers that `deployment` takes for `samples`.

    Raises
    ------
    InputError
        If shape (ND2306), steps (ND2307) or values (ND2305) do not fit the deployment.
    """
    if deployment.coding is InputCoding.INJECTED and deployment.model is not None:
        return _injected(deployment, samples, encoding)
    node = deployment.program.inputs[0]
    x, coder = series_of(samples, node.shape, encoding)
    x = _integers(x, samples.where)
    low, high = (int(x.min()), int(x.max()))
    if low < node.low or high > node.high:
        raise InputError(
            "ND2305",
            f"{samples.where}: values from {low} to {high}; the deployment was compiled for inputs "
            f"from {node.low} to {node.high}: compile it with --input-range {min(low, 0)}:{high}",
        )
    return Stimulus(x={node.name: x}, labels=samples.y, coder=coder)


def _injected(deployment: Deployment, samples: Samples, encoding: Encoding | None) -> Stimulus:
    assert deployment.model is not None  # lowering with injected inputs keeps the model
    model = without_joins(deployment.model)
    x, coder = series_of(samples, model.inputs[0].shape, encoding)
    node = model.inputs[0]
    if x.min() < node.low or x.max() > node.high:
        raise InputError(
            "ND2305",
            f"{samples.where}: values from {x.min():g} to {x.max():g}; the deployment was compiled "
            f"for {node.low:g} to {node.high:g}: compile it with --input-range "
            f"{min(float(x.min()), 0.0):g}:{x.max():g}",
        )
    frames = _frames(x)
    currents = {
        drive.input: _repeated(_host_product(model, drive, frames), x.shape[1])
        for drive in deployment.host
    }
    macs = sum(_macs(model, drive) for drive in deployment.host) * frames.shape[1]
    coder = f"{coder}, injected by the host"
    return Stimulus(x=currents, labels=samples.y, coder=coder, host_macs=macs)


def _frames(x: Array) -> Array:
    """Return the steps the host has to compute: one where every step of a sample is the same."""
    return x[:, :1] if (x == x[:, :1]).all() else x


def _repeated(currents: NDArray[np.int32], n_steps: int) -> NDArray[np.int32]:
    return np.broadcast_to(currents, (len(currents), n_steps, *currents.shape[2:]))


def _macs(model: Model, drive: HostDrive) -> int:
    """Return the multiply-accumulates of one frame: outputs times weights each, dense."""
    projection = model.projection(drive.projection)
    shape, total = model.inputs[0].shape, 0
    for operator in projection.chain:
        shape = operator.output_shape(shape)
        if isinstance(operator, Affine | Conv1d | Conv2d):
            n_axes = 1 if isinstance(operator, Affine) else operator.weight.ndim - 1
            total += int(np.prod(shape)) * int(np.prod(operator.weight.shape[-n_axes:]))
    return total


def _host_product(model: Model, drive: HostDrive, x: Array) -> NDArray[np.int32]:
    """Return ``rint(factor * chain(x))`` (sample, step, *shape)."""
    value = x.reshape(-1, *x.shape[2:]).astype(np.float64)
    for operator in model.projection(drive.projection).chain:
        value = operator.apply(value)
    scaled = np.rint(value * drive.factor.reshape(value.shape[1:])).astype(np.int32)
    return scaled.reshape(*x.shape[:2], *value.shape[1:])


def _integers(x: Array, where: str) -> NDArray[np.integer]:
    if x.dtype.kind in "biu":
        return x.astype(np.uint8) if x.dtype.kind == "b" else x
    if (x != np.rint(x)).any():
        raise InputError(
            "ND2305",
            f"{where}: x holds values that are not integers; encode them (--encode rate), or "
            "compile with --input-coding injected",
        )
    return x.astype(np.int32)
