"""Operators against loops, and the shapes they refuse."""

import numpy as np
import pytest

from neurodeploy.model import Affine, Conv1d, Flatten, Operator


def slow_conv1d(conv: Conv1d, x: np.ndarray) -> np.ndarray:
    n_out, n_in, size = conv.weight.shape
    padded = np.pad(x, ((0, 0), (conv.padding, conv.padding)))
    length = (padded.shape[1] - conv.dilation * (size - 1) - 1) // conv.stride + 1
    y = np.zeros((n_out, length))
    for out in range(n_out):
        first = out // (n_out // conv.groups) * n_in
        for t in range(length):
            for c in range(n_in):
                for i in range(size):
                    at = t * conv.stride + i * conv.dilation
                    y[out, t] += conv.weight[out, c, i] * padded[first + c, at]
    return y if conv.bias is None else y + conv.bias[:, None]


@pytest.mark.parametrize("seed", range(20))
def test_conv1d_equals_a_loop(seed: int) -> None:
    rng = np.random.default_rng(seed)
    groups = int(rng.integers(1, 4))
    n_in, n_out = groups * int(rng.integers(1, 3)), groups * int(rng.integers(1, 3))
    conv = Conv1d(
        weight=rng.integers(-8, 9, (n_out, n_in // groups, rng.integers(1, 4))) / 4,
        bias=rng.integers(-8, 9, n_out) / 4 if seed % 2 else None,
        stride=int(rng.integers(1, 4)),
        padding=int(rng.integers(0, 3)),
        dilation=int(rng.integers(1, 3)),
        groups=groups,
    )
    x = rng.integers(-4, 5, (2, n_in, 9)).astype(np.float64)
    found = conv.apply(x)
    assert conv.output_shape((n_in, 9)) == found.shape[1:]
    for sample, y in zip(x, found, strict=True):
        np.testing.assert_array_equal(y, slow_conv1d(conv, sample))


@pytest.mark.parametrize(
    ("axes", "shape"),
    [
        ((0, -1), (24,)),
        ((1, -1), (2, 12)),
        ((0, 1), (6, 4)),
        ((1, 1), (2, 3, 4)),
        ((-2, -1), (2, 12)),
    ],
)
def test_flatten_joins_the_axes_it_names(axes: tuple[int, int], shape: tuple[int, ...]) -> None:
    flatten = Flatten(start_dim=axes[0], end_dim=axes[1])
    x = np.arange(48.0).reshape(2, 2, 3, 4)
    assert flatten.output_shape((2, 3, 4)) == shape
    np.testing.assert_array_equal(flatten.apply(x), x.reshape(2, *shape))


@pytest.mark.parametrize(
    ("operator", "shape", "message"),
    [
        (
            Conv1d(weight=np.ones((2, 1, 3)), groups=2),
            (3, 8),
            "weights (2, 1, 3) in 2 groups do not take an input of shape (3, 8)",
        ),
        (
            Conv1d(weight=np.ones((2, 1, 3, 1))),
            (1, 8),
            "weights (2, 1, 3, 1), expected (out, in / groups, length)",
        ),
        (Flatten(start_dim=1, end_dim=0), (2, 3), "axes 1 to 0 are none of (2, 3)"),
        (Flatten(start_dim=1, end_dim=2), (2, 3), "axes 1 to 2 are none of (2, 3)"),
        (
            Affine(weight=np.ones((2, 3, 4))),
            (4,),
            "weights (2, 3, 4) do not take an input of shape (4,)",
        ),
        (
            Affine(weight=np.ones((2, 3, 4)), bias=np.ones(2)),
            (2, 4),
            "a bias of shape (2,) does not fit weights (2, 3, 4)",
        ),
    ],
)
def test_a_shape_that_does_not_fit_is_refused(
    operator: Operator, shape: tuple[int, ...], message: str
) -> None:
    with pytest.raises(ValueError) as caught:
        operator.output_shape(shape)
    assert str(caught.value) == message
