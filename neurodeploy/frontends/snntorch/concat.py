"""torch.cat of signals: a sum of branches, each with zeros around it."""

from itertools import accumulate

from torch import fx

from neurodeploy.frontends.snntorch.draft import Draft
from neurodeploy.frontends.snntorch.signal import Signal
from neurodeploy.model import Select

Shape = tuple[int, ...]


def joined(draft: Draft, node: fx.Node, where: str) -> Signal | None:
    """Return signals one after the other, or None if one of them is none.

    Raises
    ------
    ValueError
        If they do not fit together, or it is the batch axis.
    """
    sources = node.args[0] if isinstance(node.args[0], tuple | list) else ()
    axis = node.args[1] if len(node.args) > 1 else node.kwargs.get("dim", 0)
    if not sources or not isinstance(axis, int):
        raise ValueError("joins no list of tensors along an axis that is a plain number")
    found = [draft.signal(source, where) for source in sources]
    signals = [signal for signal in found if signal is not None]
    return None if len(signals) < len(found) else _side_by_side(draft, signals, axis, node.name)


def _side_by_side(draft: Draft, signals: list[Signal], axis: int, name: str) -> Signal:
    shapes = [signal.shape for signal in signals]
    axis = axis % (len(shapes[0]) + 1) - 1
    others = {(len(shape), *shape[:axis], *shape[axis + 1 :]) for shape in shapes}
    if axis < 0 or len(others) > 1:
        listed = ", ".join(map(str, shapes))
        raise ValueError(f"joins values of shapes {listed} along axis {axis + 1}; they do not fit")
    before = [0, *accumulate(shape[axis] for shape in shapes)]
    parts = [
        draft.through(signal, (_around(signal.shape, axis, start, before[-1]),), name)
        for signal, start in zip(signals, before[:-1], strict=True)
    ]
    branches = tuple(branch for part in parts for branch in part.branches)
    return Signal(shape=parts[0].shape, branches=branches)


def _around(shape: Shape, axis: int, start: int, total: int) -> Select:
    """Return what puts values of `shape` at `start` of `total` along `axis`."""
    none = (0,) * len(shape)
    end = total - start - shape[axis]
    return Select(
        start=none,
        stop=shape,
        step=(1,) * len(shape),
        before=(*none[:axis], start, *none[axis + 1 :]),
        after=(*none[:axis], end, *none[axis + 1 :]),
    )
