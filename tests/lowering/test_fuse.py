"""Whatever a chain is fused into computes what the chain computes."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from neurodeploy.lowering.fuse import MAX_EXPANDED, Fused, as_dense, fuse
from neurodeploy.lowering.one_hot import conv_of
from neurodeploy.model import (
    Affine,
    AvgPool2d,
    Conv2d,
    Flatten,
    Operator,
    Scale,
    Select,
    Shift,
    SumPool2d,
)

RNG = np.random.default_rng(6)
IMAGE = (2, 5, 6)


def small(*shape: int) -> np.ndarray:
    """Small integers, so that every sum is exact in whatever order."""
    return RNG.integers(-3, 4, shape).astype(np.float64)


def pad(before: tuple[int, ...], after: tuple[int, ...], shape: tuple[int, ...] = IMAGE) -> Select:
    zeros, ones = (0,) * len(shape), (1,) * len(shape)
    return Select(start=zeros, stop=shape, step=ones, before=before, after=after)


def every(*step: int, shape: tuple[int, ...] = IMAGE) -> Select:
    zeros = (0,) * len(shape)
    return Select(start=zeros, stop=shape, step=step, before=zeros, after=zeros)


OPTION_A = Select(start=(0, 0, 0), stop=IMAGE, step=(1, 2, 2), before=(1, 0, 0), after=(2, 0, 0))
CONV = Conv2d(weight=small(3, 2, 3, 3), bias=small(3))


def applied(chain: tuple[Operator, ...], x: np.ndarray) -> np.ndarray:
    for operator in chain:
        x = operator.apply(x)
    return x.reshape(len(x), -1)


def assert_fused(chain: tuple[Operator, ...], shape: tuple[int, ...]) -> Fused:
    fused, x = fuse(chain, shape), small(4, *shape)
    written = as_dense(fused).weight
    assert written is not None
    flat = x.reshape(len(x), -1)
    np.testing.assert_array_equal(flat @ written.T + fused.bias, applied(chain, x))
    return fused


@pytest.mark.parametrize(
    ("chain", "kind"),
    [
        ((OPTION_A,), "dense"),
        ((every(1, 2, 2),), "conv"),
        ((every(1, 2, 2), CONV), "conv"),
        ((pad((0, 0, 0), (0, 1, 1)), CONV), "conv"),
        ((pad((0, 1, 2), (0, 1, 2)), CONV), "conv"),
        ((pad((0, 1, 1), (0, 1, 1)), Conv2d(weight=small(1, 2, 2, 2), padding=(1, 0))), "dense"),
        ((pad((1, 0, 0), (0, 0, 0)), Conv2d(weight=small(1, 3, 2, 2), padding=(1, 1))), "dense"),
        ((CONV, every(2, 1, 3, shape=(3, 3, 4))), "dense"),
        ((pad((0, 1, 1), (0, 1, 1)), SumPool2d(kernel=(3, 3), stride=(2, 2))), "conv"),
        ((Flatten(), pad((3,), (1,), (60,)), Affine(weight=small(2, 64))), "dense"),
        ((Flatten(), Affine(weight=small(4, 60)), every(2, shape=(4,))), "dense"),
        ((Shift(shift=small(2, 1, 1)), CONV), "conv"),
        (
            (
                Scale(scale=small(2, 1, 1)),
                Shift(shift=small(2, 5, 6)),
                Conv2d(weight=small(3, 2, 3, 3), padding=(1, 1)),
            ),
            "conv",
        ),
        ((Shift(shift=small(2, 1, 1)), OPTION_A, Shift(shift=small(5, 3, 3))), "dense"),
        (  # a BatchNorm that stands alone, as FoldBatchNorm writes it
            (
                Conv2d(weight=small(2, 1, 1, 1), bias=small(2), groups=2),
                Conv2d(weight=small(3, 2, 3, 3), bias=small(3), padding=(1, 1)),
            ),
            "conv",
        ),
        ((AvgPool2d(kernel=(1, 2), stride=(1, 2)), Shift(shift=small(3))), "conv"),
    ],
)
def test_a_chain_and_what_it_is_fused_into_agree(chain: tuple[Operator, ...], kind: str) -> None:
    fused = assert_fused(chain, IMAGE)
    assert ("dense" if fused.geometry is None else "conv") == kind


def test_padding_both_the_pool_and_the_convolution_is_written_out() -> None:
    chain = (SumPool2d(kernel=(2, 2), stride=(2, 2), padding=(1, 1)), CONV)
    assert assert_fused(chain, IMAGE).geometry is not None
    padded = Conv2d(weight=CONV.weight, padding=(1, 1))
    assert assert_fused((chain[0], padded), IMAGE).geometry is None


def test_a_selection_too_large_to_write_out_becomes_a_convolution() -> None:
    shape = (16, 32, 32)
    shortcut = Select(
        start=(0, 0, 0), stop=shape, step=(1, 2, 2), before=(8, 0, 0), after=(8, 0, 0)
    )
    fused = fuse((shortcut,), shape)
    assert MAX_EXPANDED < 16 * 32 * 32 * 32 * 16 * 16
    assert fused.geometry is not None
    assert fused.weight is not None
    conv = Conv2d(weight=fused.weight, stride=fused.geometry.stride)
    x = small(1, *shape)
    np.testing.assert_array_equal(conv.apply(x), shortcut.apply(x))


@st.composite
def selections(draw: st.DrawFn) -> Select:
    fields = []
    for size in IMAGE:
        start = draw(st.integers(0, size - 1))
        stop = draw(st.integers(start + 1, size))
        fields.append((start, stop, *(draw(st.integers(low, 3)) for low in (1, 0, 0))))
    start, stop, step, before, after = zip(*fields, strict=True)
    return Select(start=start, stop=stop, step=step, before=before, after=after)


@settings(deadline=None)
@given(selections())
def test_any_selection_equals_its_rows_and_its_convolution(select: Select) -> None:
    assert_fused((select,), IMAGE)
    conv = conv_of(select, IMAGE)
    if conv is None:
        return
    weight, geometry = conv
    operator = Conv2d(
        weight=weight, stride=geometry.stride, padding=geometry.padding, groups=geometry.groups
    )
    x = small(2, *IMAGE)
    np.testing.assert_array_equal(operator.apply(x), select.apply(x))
