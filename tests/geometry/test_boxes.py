"""Boxes cover a range exactly, in order."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from neurodeploy.geometry.boxes import Box, boxes

shapes = st.tuples(st.integers(1, 4), st.integers(1, 4), st.integers(1, 4))


@given(shapes, st.data())
def test_boxes_cover_a_range_in_order(shape: tuple[int, int, int], data: st.DataObject) -> None:
    size = int(np.prod(shape))
    start = data.draw(st.integers(0, size))
    stop = data.draw(st.integers(start, size))
    index = np.arange(size).reshape(shape)
    found = boxes(shape, start, stop)
    parts = [index[slice(*b.channels), slice(*b.rows), slice(*b.columns)].ravel() for b in found]
    np.testing.assert_array_equal(np.concatenate([[], *parts]), np.arange(start, stop))
    assert len(found) <= 5


def test_whole_channels_are_one_box() -> None:
    assert boxes((4, 3, 2), 6, 18) == (Box((1, 3), (0, 3), (0, 2)),)


def test_whole_rows_of_one_channel_are_one_box() -> None:
    assert boxes((4, 3, 2), 8, 12) == (Box((1, 2), (1, 3), (0, 2)),)
