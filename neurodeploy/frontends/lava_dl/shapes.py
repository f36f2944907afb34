"""How neighbouring layers of a `.net` file have to fit."""

from collections.abc import Iterator

import numpy as np

from neurodeploy.frontends.lava_dl.layer import Layer
from neurodeploy.geometry.conv import ConvGeometry


def shape_refusals(layer: Layer, before: Layer | None) -> Iterator[str]:
    """Yield what does not fit in the shape of `layer`, or to the layer `before` it."""
    match layer.kind:
        case "flatten":
            yield from _flatten(layer, before)
        case "dense":
            yield from _dense(layer, before)
        case "conv":
            yield from _conv(layer, before)


def geometry_of(layer: Layer, input_shape: tuple[int, ...]) -> ConvGeometry:
    """Return where the pixels of a convolution land.

    Raises
    ------
    ValueError
        If its numbers do not make one.
    """
    n_out, _, height, width = layer.kernel().shape
    channels, rows, columns = input_shape
    return ConvGeometry(
        input_shape=(channels, rows, columns),
        out_channels=n_out,
        kernel=(height, width),
        stride=layer.pair("stride", 1),
        padding=layer.pair("padding", 0),
        dilation=layer.pair("dilation", 1),
        groups=int(layer.integers("groups", 1)[0]),
    )


def _flatten(layer: Layer, before: Layer | None) -> Iterator[str]:
    if before is not None and int(np.prod(before.shape)) != layer.shape[0]:
        yield f"{layer.where}: {layer.shape[0]} values, {before.where} has shape {before.shape}"


def _dense(layer: Layer, before: Layer | None) -> Iterator[str]:
    n_out, weight = layer.shape[0], layer.tensor("weight")
    if weight.size % n_out or (weight.ndim > 1 and weight.shape[0] != n_out):
        yield f"{layer.where}: weights of shape {weight.shape} for {n_out} neurons"
        return
    if before is None:
        return
    n_in = weight.size // n_out
    if n_in != int(np.prod(before.shape)):
        yield f"{layer.where}: weights for {n_in} inputs, {before.where} has shape {before.shape}"
    elif len(before.shape) == 3 and before.shape[1:] != (1, 1):
        yield f"{layer.where}: {before.where} has shape {before.shape}; put a flatten between them"


def _conv(layer: Layer, before: Layer | None) -> Iterator[str]:
    weight = layer.tensor("weight")
    if weight.ndim not in (4, 5) or (weight.ndim == 5 and weight.shape[4] != 1):
        yield (
            f"{layer.where}: weights of shape {weight.shape}, expected (out, in / groups, height, "
            "width)"
        )
    elif before is None or len(before.shape) != 3:
        yield (
            f"{layer.where}: no layer before it says its (channels, height, width); begin the file "
            "with an input layer of that shape"
        )
    else:
        yield from _geometry(layer, before)


def _geometry(layer: Layer, before: Layer) -> Iterator[str]:
    kernel, delays = layer.kernel(), before.integers("delay")
    if (delays != delays[0]).any():
        yield f"{before.where}: delays that differ, before a convolution, which takes one"
    try:
        geometry = geometry_of(layer, before.shape)
    except ValueError as error:
        yield f"{layer.where}: {error}"
        return
    if geometry.weight_shape != kernel.shape:
        yield (
            f"{layer.where}: weights of shape {kernel.shape}; its input and groups take "
            f"{geometry.weight_shape}"
        )
    elif geometry.output_shape != layer.shape:
        yield (
            f"{layer.where}: shape {layer.shape}; its input and kernel give {geometry.output_shape}"
        )
