"""Fan-out equals a count over every synapse, one by one."""

from itertools import product

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from neurodeploy.geometry.conv import ConvGeometry
from neurodeploy.program import Conv, Dense, Sparse
from neurodeploy.program.fan_out import fan_out

pairs = st.tuples(st.integers(1, 3), st.integers(1, 3))


def synapses(conv: Conv) -> NDArray[np.int64]:
    """Return (target, source, weight) of every synapse of a convolution, position by position."""
    g = conv.geometry
    _, height, width = g.input_shape
    n_in, n_out = g.weight_shape[1], g.out_channels // g.groups
    targets = np.arange(conv.n_out).reshape(g.output_shape)
    sources = np.arange(conv.n_in).reshape(g.input_shape)
    found = []
    for (o, y, x), target in np.ndenumerate(targets):
        for c, i, j in product(range(n_in), range(g.kernel[0]), range(g.kernel[1])):
            row = y * g.stride[0] - g.padding[0] + i * g.dilation[0]
            column = x * g.stride[1] - g.padding[1] + j * g.dilation[1]
            if 0 <= row < height and 0 <= column < width:
                source = sources[o // n_out * n_in + c, row, column]
                found.append((target, source, conv.mantissa[o, c, i, j]))
    return np.array(found, np.int64).reshape(-1, 3)


@st.composite
def convolutions(draw: st.DrawFn) -> Conv:
    groups = draw(st.integers(1, 3))
    try:
        geometry = ConvGeometry(
            input_shape=(
                groups * draw(st.integers(1, 2)),
                draw(st.integers(1, 6)),
                draw(st.integers(1, 6)),
            ),
            out_channels=groups * draw(st.integers(1, 2)),
            kernel=draw(pairs),
            stride=draw(pairs),
            padding=draw(st.tuples(st.integers(0, 2), st.integers(0, 2))),
            dilation=draw(pairs),
            groups=groups,
        )
    except ValueError:
        assume(False)
    rng = np.random.default_rng(draw(st.integers(0, 99)))
    return Conv(mantissa=rng.integers(-1, 2, geometry.weight_shape), geometry=geometry)


@given(convolutions(), st.data())
@settings(max_examples=150, deadline=None)
def test_fan_out_of_a_convolution_equals_the_naive_count(conv: Conv, data: st.DataObject) -> None:
    _, height, width = conv.geometry.output_shape
    plane = height * width
    step = data.draw(st.sampled_from([plane, width, 1]))
    start = step * data.draw(st.integers(0, conv.n_out // step))
    stop = step * data.draw(st.integers(start // step, conv.n_out // step))
    targets, sources, weights = synapses(conv).T
    inside = (targets >= start) & (targets < stop)
    for effective in (False, True):
        counted = inside & (weights != 0) if effective else inside
        naive = np.bincount(sources[counted], minlength=conv.n_in)
        found = fan_out(conv, start, stop, effective=effective)
        assert found.dtype == np.int64
        np.testing.assert_array_equal(found, naive)


@pytest.mark.parametrize("seed", range(5))
def test_fan_out_of_dense_and_sparse_equals_the_naive_count(seed: int) -> None:
    rng = np.random.default_rng(seed)
    mantissa = rng.integers(-1, 2, (7, 5)).astype(np.int32)
    stored = rng.integers(0, 2, (7, 5)).astype(np.bool_)
    dense, sparse = Dense(mantissa=mantissa), Sparse.from_dense(mantissa, stored)
    start, stop = sorted(rng.integers(0, 8, 2))
    for source in range(5):
        rows = range(start, stop)
        nonzero = [target for target in rows if mantissa[target, source] != 0]
        listed = [target for target in rows if stored[target, source]]
        both = [target for target in nonzero if stored[target, source]]
        assert fan_out(dense, start, stop, effective=False)[source] == len(rows)
        assert fan_out(dense, start, stop, effective=True)[source] == len(nonzero)
        assert fan_out(sparse, start, stop, effective=False)[source] == len(listed)
        assert fan_out(sparse, start, stop, effective=True)[source] == len(both)


def test_slices_of_a_convolution_add_up_to_the_whole() -> None:
    geometry = ConvGeometry(input_shape=(4, 6, 5), out_channels=4, kernel=(3, 3), groups=2)
    weights = np.random.default_rng(0).integers(-1, 2, geometry.weight_shape)
    conv = Conv(mantissa=weights, geometry=geometry)
    row = geometry.output_shape[2]
    parts = sum(
        fan_out(conv, start, start + row, effective=True) for start in range(0, conv.n_out, row)
    )
    np.testing.assert_array_equal(parts, fan_out(conv, 0, conv.n_out, effective=True))
