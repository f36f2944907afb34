"""A range of a (channels, height, width) array in C order, as a few boxes."""

from typing import NamedTuple

Ends = tuple[int, int]


class Box(NamedTuple):
    """Channels, rows and columns, each from its first to before its last."""

    channels: Ends
    rows: Ends
    columns: Ends


def boxes(shape: tuple[int, int, int], start: int, stop: int) -> tuple[Box, ...]:
    """Return at most five boxes that cover ``start:stop`` without overlap, in order.

    A range of whole channels, or of whole rows of one channel, is one box.
    """
    _, height, width = shape
    found = []
    while start < stop:
        channel, row = start // (height * width), start // width % height
        column, left = start % width, stop - start
        if row or column or left < height * width:
            n_rows = min(left // width, height - row)
            end = (row + n_rows) if n_rows and not column else row + 1
            columns = (0, width) if n_rows and not column else (column, min(column + left, width))
            box = Box((channel, channel + 1), (row, end), columns)
        else:
            box = Box((channel, channel + left // (height * width)), (0, height), (0, width))
        found.append(box)
        start += _size(box)
    return tuple(found)


def _size(box: Box) -> int:
    sizes = [last - first for first, last in box]
    return sizes[0] * sizes[1] * sizes[2]
