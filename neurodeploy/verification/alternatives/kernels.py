"""Alternatives of order: kernels that are flipped, images that are flattened otherwise."""

from collections.abc import Iterator

import numpy as np

from neurodeploy.program import Conv, Dense
from neurodeploy.verification.alternatives.alternative import Alternative, Rule
from neurodeploy.verification.alternatives.replaced import with_other_weights
from neurodeploy.verification.layer import Layer


def kernels(layer: Layer) -> Iterator[Alternative]:
    """Yield convolutions that flip their kernel (true convolution) or swap its axes."""
    for projection in layer.projections:
        if not isinstance(projection.operator, Conv):
            continue
        mantissa = projection.operator.mantissa
        variants = {
            "flips its kernel along both axes: convolution, not correlation": mantissa[
                :, :, ::-1, ::-1
            ],
            "flips its kernel along the height": mantissa[:, :, ::-1],
            "flips its kernel along the width": mantissa[..., ::-1],
        }
        if mantissa.shape[2] == mantissa.shape[3]:
            variants["swaps height and width of its kernel"] = mantissa.swapaxes(2, 3)
        for says, kernel in variants.items():
            yield from with_other_weights(layer, Rule.KERNEL, projection, says, kernel)


def column_orders(layer: Layer) -> Iterator[Alternative]:
    """Yield dense weights on an image that was flattened in another order of its axes."""
    orders = {(1, 2, 0): "height, width, channel", (2, 1, 0): "width, height, channel"}
    for projection in layer.projections:
        shape = layer.source_shapes[projection.sources[0]]
        if not isinstance(projection.operator, Dense) or len(shape) != 3:
            continue
        for axes, name in orders.items():
            order = np.arange(int(np.prod(shape))).reshape(shape).transpose(axes).ravel()
            says = f"reads its source flattened as {name}, not channel, height, width"
            mantissa = np.empty_like(projection.operator.mantissa)
            mantissa[:, order] = projection.operator.mantissa
            yield from with_other_weights(layer, Rule.KERNEL, projection, says, mantissa)
