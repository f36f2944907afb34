"""SOPs of a convolution: sinabs' rule inside, a count of every product at the borders."""

from itertools import product

import numpy as np
import pytest

from neurodeploy.geometry.conv import ConvGeometry
from neurodeploy.program import Conv
from neurodeploy.program.fan_out import fan_out

CASES = [
    (kernel, stride, padding, groups)
    for kernel, stride, padding, groups in product((2, 3, 5), (1, 2), (0, 1, 2), (1, 2))
]


def convolution(kernel: int, stride: int, padding: int, groups: int) -> Conv:
    geometry = ConvGeometry(
        input_shape=(4, 11, 9),
        out_channels=6,
        kernel=(kernel, kernel),
        stride=(stride, stride),
        padding=(padding, padding),
        groups=groups,
    )
    rng = np.random.default_rng(kernel + 10 * stride + 100 * padding + 1000 * groups)
    mantissa = rng.integers(-3, 4, geometry.weight_shape, np.int32)
    return Conv(mantissa=mantissa, geometry=geometry)


def by_brute_force(conv: Conv, *, effective: bool) -> np.ndarray:
    """Go through every output neuron and every weight of its, as the definition says."""
    geometry = conv.geometry
    found = np.zeros(geometry.input_shape, np.int64)
    n_in = geometry.weight_shape[1]
    per_group = geometry.out_channels // geometry.groups
    (sy, sx), (py, px) = geometry.stride, geometry.padding
    for o, y, x in np.ndindex(*geometry.output_shape):
        for c, i, j in np.ndindex(n_in, *geometry.kernel):
            row, column = y * sy - py + i, x * sx - px + j
            inside = 0 <= row < geometry.input_shape[1] and 0 <= column < geometry.input_shape[2]
            if inside and (not effective or conv.mantissa[o, c, i, j] != 0):
                found[o // per_group * n_in + c, row, column] += 1
    return found


@pytest.mark.parametrize(("kernel", "stride", "padding", "groups"), CASES)
@pytest.mark.parametrize("effective", [False, True])
def test_fan_out_is_what_a_count_of_every_product_gives(
    kernel: int, stride: int, padding: int, groups: int, effective: bool
) -> None:
    conv = convolution(kernel, stride, padding, groups)
    counted = fan_out(conv, 0, conv.n_out, effective=effective)
    expected = by_brute_force(conv, effective=effective)
    np.testing.assert_array_equal(counted.reshape(expected.shape), expected)


@pytest.mark.parametrize(("kernel", "stride", "padding", "groups"), CASES)
def test_inside_sinabs_rule_is_the_mean_of_a_stride(
    kernel: int, stride: int, padding: int, groups: int
) -> None:
    """The rule of thumb is ``out_channels / groups * (kernel / stride)**2`` SOPs a spike.

    It stands in sinabs' documentation, for budgets. With a stride that does not divide the kernel
    neighbours have different numbers; over one stride in both directions, away from the borders,
    their mean is the rule's. The borders are compared with sinabs itself by `make peers`.
    """
    conv = convolution(kernel, stride, padding, groups)
    counted = fan_out(conv, 0, conv.n_out, effective=False).reshape(conv.geometry.input_shape)
    inside = counted[:, 4 : 4 + stride, 4 : 4 + stride]
    rule = 6 / groups * (kernel / stride) ** 2
    np.testing.assert_array_equal(inside.mean(axis=(1, 2)), rule)
    assert counted.max() <= 6 // groups * (-(-kernel // stride)) ** 2
