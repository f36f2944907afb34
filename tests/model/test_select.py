import numpy as np
import pytest

from neurodeploy.errors import InputError
from neurodeploy.model import (
    Conv2d,
    Input,
    Linear,
    Model,
    Output,
    Population,
    Projection,
    Select,
    Shift,
)

RNG = np.random.default_rng(3)


def select(shape: tuple[int, ...], **changed: tuple[int, ...]) -> Select:
    """All of `shape` but for what is changed."""
    zeros = (0,) * len(shape)
    whole = {"start": zeros, "stop": shape, "step": (1,) * len(shape), "before": zeros}
    return Select(**{**whole, "after": zeros, **changed})  # type: ignore[arg-type]  # by name


def test_a_selection_is_numpys_slice_in_zeros() -> None:
    x = RNG.normal(size=(2, 3, 8, 7))
    chosen = select(
        (3, 8, 7),
        start=(1, 0, 3),
        stop=(3, 8, 7),
        step=(1, 3, 2),
        before=(0, 1, 2),
        after=(4, 0, 1),
    )
    wanted = np.pad(x[:, 1:3, 0:8:3, 3:7:2], ((0, 0), (0, 4), (1, 0), (2, 1)))
    np.testing.assert_array_equal(chosen.apply(x), wanted)
    assert chosen.output_shape((3, 8, 7)) == wanted.shape[1:]


def test_the_adjoint_moves_to_the_other_side_of_a_product() -> None:
    chosen = select((5,), start=(1,), step=(2,), before=(1,), after=(2,))
    x, y = RNG.normal(size=(1, 5)), RNG.normal(size=(1, 5))
    left, right = chosen.apply(x) @ y.T, x @ chosen.adjoint(y, (5,)).T
    np.testing.assert_allclose(left, right, rtol=0, atol=1e-15)  # the sums are ordered alike


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        ({"stop": (3, 5)}, "the slice 0:5:1 does not lie in axis 1 of (3, 4)"),
        ({"start": (3, 0)}, "the slice 3:3:1 does not lie in axis 0 of (3, 4)"),
        ({"step": (1, 0)}, "the slice 0:4:0 does not lie in axis 1 of (3, 4)"),
        ({"after": (0, -1)}, "padding (0, 0), (0, -1) is negative"),
        ({"before": (0,)}, "a selection of 2 axes does not fit (3, 4)"),
    ],
)
def test_a_selection_outside_its_input_is_refused(
    changed: dict[str, tuple[int, ...]], problem: str
) -> None:
    with pytest.raises(ValueError) as caught:
        select((3, 4), **changed).output_shape((3, 4))
    assert str(caught.value) == problem


def test_a_shift_that_does_not_fit_is_refused_by_the_model() -> None:
    with pytest.raises(InputError) as caught:
        Model(
            inputs=(Input(name="x", shape=(2,)),),
            populations=(Population(name="n", shape=(2,), neuron=Linear()),),
            projections=(
                Projection(name="p", sources=("x",), target="n", chain=(Shift(shift=np.ones(3)),)),
            ),
            outputs=(Output(population="n"),),
            dt_s=1e-4,
        )
    assert str(caught.value) == (
        "ND2110: projection 'p': Shift: a shift of shape (3,) does not fit (2,)"
    )


def by_the_book(conv: Conv2d, x: np.ndarray) -> np.ndarray:
    """The sum over kernel and channels, one output pixel after the other."""
    (ph, pw), (dh, dw), (sh, sw) = conv.padding, conv.dilation, conv.stride
    x = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    y = np.zeros(
        (len(x), *conv.output_shape((x.shape[1], *np.subtract(x.shape[2:], (2 * ph, 2 * pw)))))
    )
    n_in, n_out = conv.weight.shape[1], len(conv.weight) // conv.groups
    for out, row, column in np.ndindex(y.shape[1:]):
        first = out // n_out * n_in
        for i, j in np.ndindex(conv.weight.shape[2:]):
            pixel = x[:, first : first + n_in, row * sh + i * dh, column * sw + j * dw]
            y[:, out, row, column] += pixel @ conv.weight[out, :, i, j]
    return y if conv.bias is None else y + conv.bias[:, None, None]


@pytest.mark.parametrize("groups", [1, 2])
@pytest.mark.parametrize("stride", [(1, 1), (2, 3)])
@pytest.mark.parametrize("dilation", [(1, 1), (2, 1)])
@pytest.mark.parametrize("padding", [(0, 0), (1, 2)])
def test_a_convolution_is_its_sum(
    groups: int, stride: tuple[int, int], dilation: tuple[int, int], padding: tuple[int, int]
) -> None:
    conv = Conv2d(
        weight=RNG.integers(-4, 5, (4, 4 // groups, 3, 2)),
        bias=RNG.integers(-4, 5, 4),
        stride=stride,
        padding=padding,
        dilation=dilation,
        groups=groups,
    )
    x = RNG.integers(-4, 5, (3, 4, 9, 8)).astype(np.float64)
    np.testing.assert_array_equal(conv.apply(x), by_the_book(conv, x))


def test_many_samples_are_convolved_a_part_at_a_time() -> None:
    conv = Conv2d(weight=RNG.integers(-4, 5, (2, 16, 5, 5)))
    x = RNG.integers(-4, 5, (6, 16, 36, 36)).astype(np.float64)
    one_by_one = np.concatenate([conv.apply(sample[None]) for sample in x])
    np.testing.assert_array_equal(conv.apply(x), one_by_one)
