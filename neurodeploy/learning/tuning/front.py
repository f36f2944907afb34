"""The front of a search, and its order."""

from collections.abc import Sequence

from neurodeploy.exploration.pareto import Objective, front
from neurodeploy.learning.tuning.point import Point, Tuned


def tuned(points: Sequence[Point], objectives: Sequence[Objective]) -> Tuned:
    """Return the search: points that do not fit are on no front, of equal ones the first is.

    The front is ordered by the objectives, the first one first.
    """
    fitting = [point for point in points if point.fits]
    values = [tuple(point.value(o.metric) for o in objectives) for point in fitting]
    on_front = [k for k in front(values, objectives) if values.index(values[k]) == k]
    signs = [1.0 if o.minimise else -1.0 for o in objectives]
    ordered = sorted(
        on_front,
        key=lambda k: [s * v for s, v in zip(signs, values[k], strict=True) if v is not None],
    )
    return Tuned(
        objectives=tuple(objectives),
        points=tuple(points),
        front=tuple(fitting[k].number for k in ordered),
    )
