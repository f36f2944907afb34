"""A population is cut into as few slices as fit, along channels and rows."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from neurodeploy.placement.cut import cut
from neurodeploy.program import Population

shapes = st.one_of(
    st.tuples(st.integers(1, 40)),
    st.tuples(st.integers(1, 5), st.integers(1, 5), st.integers(1, 5)),
)


def population(shape: tuple[int, ...]) -> Population:
    return Population(name="p", shape=shape, du=0, dv=0, vth=1)


def cut_by_size(shape: tuple[int, ...], most: int) -> tuple[tuple[int, int], ...]:
    return cut(population(shape), lambda start, stop: stop - start <= most)


@given(shapes, st.integers(1, 50))
def test_slices_cover_the_population_in_whole_channels_or_rows(
    shape: tuple[int, ...], most: int
) -> None:
    ranges = cut_by_size(shape, most)
    covered = [index for start, stop in ranges for index in range(start, stop)]
    row = shape[-1] if len(shape) == 3 else 1
    if row > most:
        assert ranges == ()
        return
    assert covered == list(range(int(np.prod(shape))))
    assert all(stop - start <= most for start, stop in ranges)
    if len(shape) == 3:
        plane = shape[1] * shape[2]
        for start, stop in ranges:
            whole = start % plane == stop % plane == 0
            rows = start % row == stop % row == 0 and start // plane == (stop - 1) // plane
            assert whole or rows


@given(st.integers(1, 100), st.integers(1, 30))
def test_flat_population_takes_the_fewest_slices(size: int, most: int) -> None:
    assert len(cut_by_size((size,), most)) == -(-size // most)


@pytest.mark.parametrize(
    ("most", "ranges"),
    [
        (100, ((0, 24),)),
        (12, ((0, 12), (12, 24))),
        (11, ((0, 6), (6, 12), (12, 18), (18, 24))),
        (5, ((0, 4), (4, 6), (6, 10), (10, 12), (12, 16), (16, 18), (18, 22), (22, 24))),
        (1, ()),
    ],
)
def test_channels_of_three_rows_of_two(most: int, ranges: tuple[tuple[int, int], ...]) -> None:
    assert cut_by_size((4, 3, 2), most) == ranges


def test_slices_end_where_one_neuron_does_not_fit() -> None:
    assert cut(population((5,)), lambda start, stop: not start <= 3 < stop) == ((0, 3),)
