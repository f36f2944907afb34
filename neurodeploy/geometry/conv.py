"""Index rules of a two-dimensional convolution and of the windows of a pool."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Pair = tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class ConvGeometry:
    """Where each input pixel of a 2-D convolution lands.

    Cross-correlation as in torch: ``out[o, y, x] = sum w[o, c, i, j] in[c, y*s - p + i*d, ...]``,
    zero padded. Shapes are (channels, height, width); pairs are (height, width).
    """

    input_shape: tuple[int, int, int]
    out_channels: int
    kernel: Pair
    stride: Pair = (1, 1)
    padding: Pair = (0, 0)
    dilation: Pair = (1, 1)
    groups: int = 1

    def __post_init__(self) -> None:
        problems = []
        if min(self.stride) < 1:
            problems.append(f"stride {self.stride} must be positive")
        if min(self.dilation) < 1:
            problems.append(f"dilation {self.dilation} must be positive")
        if min(self.padding) < 0:
            problems.append(f"padding {self.padding} is negative")
        if self.groups < 1 or self.input_shape[0] % self.groups or self.out_channels % self.groups:
            problems.append(
                f"{self.groups} groups do not divide {self.input_shape[0]} input and "
                f"{self.out_channels} output channels"
            )
        if not problems and min(self.output_shape) < 1:
            problems.append(f"a kernel of {self.kernel} does not fit into {self.input_shape}")
        if problems:
            raise ValueError("; ".join(problems))

    @property
    def output_shape(self) -> tuple[int, int, int]:
        """(out_channels, height, width) of the result."""
        height, width = (
            (
                self.input_shape[1 + a]
                + 2 * self.padding[a]
                - self.dilation[a] * (self.kernel[a] - 1)
                - 1
            )
            // self.stride[a]
            + 1
            for a in (0, 1)
        )
        return self.out_channels, height, width

    @property
    def weight_shape(self) -> tuple[int, int, int, int]:
        """(out_channels, input channels of a group, kernel height, kernel width)."""
        return (self.out_channels, self.input_shape[0] // self.groups, *self.kernel)

    def taps(self, axis: int, kernel_index: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return the (output, input) positions along `axis` (0 height, 1 width) of one kernel tap.

        Positions that fall into the padding are left out.
        """
        n_out, n_in = self.output_shape[1 + axis], self.input_shape[1 + axis]
        out = np.arange(n_out)
        source = out * self.stride[axis] - self.padding[axis] + kernel_index * self.dilation[axis]
        inside = (source >= 0) & (source < n_in)
        return out[inside], source[inside]
