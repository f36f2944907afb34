"""Flatten, view and reshape: what keeps the batch axis and makes one of all others."""

from math import prod

from neurodeploy.frontends.snntorch.signal import BatchSize
from neurodeploy.model import Flatten, Operator

Shape = tuple[int, ...]


def flatten(start: int, end: int, shape: Shape) -> tuple[Operator, ...]:
    """Return the flattening of the axes `start` to `end`, counted with the batch axis.

    Raises
    ------
    ValueError
        If it is none, or takes in the batch axis.
    """
    n_axes = len(shape) + 1
    first, last = (axis + n_axes if axis < 0 else axis for axis in (start, end))
    if not 0 < first <= last < n_axes:
        raise ValueError(
            f"flattens axes {start} to {end} of {n_axes}; keep the batch's: from 1 to -1"
        )
    if first == last:
        return ()
    if last - first == len(shape) - 1:
        return (Flatten(),)
    return (Flatten(start_dim=first - 1, end_dim=last - 1),)


def reshape(sizes: tuple[object, ...], shape: Shape) -> tuple[Operator, ...]:
    """Return the reshaping of values of `shape` to `sizes`, the batch axis first.

    Raises
    ------
    ValueError
        If it is not a flattening that keeps the batch axis, or nothing.
    """
    rest = _filled(sizes, shape)
    if rest == shape:
        return ()
    if rest == (prod(shape),):
        return (Flatten(),)
    raise ValueError(
        f"reshapes {shape} to ({', '.join(map(_word, sizes))}); only what flattens all axes but "
        "the batch's can be exported: x.flatten(1)"
    )


def _filled(sizes: tuple[object, ...], shape: Shape) -> tuple[int, ...] | None:
    """Return `sizes` without the batch axis and without -1; None if they do not keep the batch."""
    first, *others = sizes or (None,)
    given = [size for size in others if isinstance(size, int) and not isinstance(size, bool)]
    if len(given) < len(others) or given.count(-1) > int(isinstance(first, BatchSize)):
        return None
    known = prod(size for size in given if size != -1)
    if isinstance(first, BatchSize) and -1 in given and known > 0:
        given[given.index(-1)] = prod(shape) // known
    elif not (isinstance(first, BatchSize) or first == -1):
        return None
    return tuple(given) if prod(given) == prod(shape) else None


def _word(size: object) -> str:
    return "batch" if isinstance(size, BatchSize) else str(size)
