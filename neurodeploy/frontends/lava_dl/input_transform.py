"""`InputTransform`: how an image becomes the currents of a `.net` file's input layer."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neurodeploy.frontends.lava_dl.layer import Layer
from neurodeploy.frontends.lava_dl.net_file import read_layers

DEFAULT_WEIGHT = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class InputTransform:
    """``2 weight x - weight + bias`` for values x of 0 to 1, cut off toward zero.

    Source: `lava.lib.dl.netx.hdf5.Network.create_input` (lava-nc/lava-dl 01e5254), whose users
    give the result to the input neurons as their bias.
    """

    weight: int
    bias: int

    @property
    def low(self) -> int:
        """The least current."""
        return self.bias - abs(self.weight)

    @property
    def high(self) -> int:
        """The greatest current."""
        return self.bias + abs(self.weight)

    def apply(self, x: NDArray[Any]) -> NDArray[np.int32]:
        """Return the integers that the Program's input takes for `x`, in the shape of `x`."""
        return (2.0 * self.weight * x - self.weight + self.bias).astype(np.int32)


def input_transform(path: Path) -> InputTransform | None:
    """Return the transform of the file's input layer, None where spikes enter.

    Raises
    ------
    InputError
        If the file cannot be read (ND2220).
    """
    return transform_of(read_layers(path)[0])


def transform_of(layer: Layer) -> InputTransform | None:
    """Return the transform of a file's first layer, None where spikes enter it."""
    if layer.kind != "input" or layer.neuron_kind is None:
        return None
    return InputTransform(
        weight=int(layer.integers("weight", DEFAULT_WEIGHT)[0]),
        bias=int(layer.integers("bias")[0]),
    )
