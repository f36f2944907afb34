"""`LinkReport`: the traffic on one link between tiles."""

from dataclasses import dataclass

import numpy as np

from neurodeploy.machine.links import Direction
from neurodeploy.target import Run

_STEPS = {
    Direction.EAST: (1, 0),
    Direction.WEST: (-1, 0),
    Direction.NORTH: (0, 1),
    Direction.SOUTH: (0, -1),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkReport:
    """Messages of one inference, mean over samples, from tile `source` (x, y) to its neighbour."""

    source: tuple[int, int]
    target: tuple[int, int]
    messages: float


def links_of(run: Run) -> tuple[LinkReport, ...]:
    """Return the links that carried messages, row by row; none where links are not counted."""
    if run.link_messages is None:
        return ()
    found = []
    for y, x, direction in np.argwhere(run.link_messages):
        to_x, to_y = _STEPS[Direction(direction)]
        found.append(
            LinkReport(
                source=(int(x), int(y)),
                target=(int(x) + to_x, int(y) + to_y),
                messages=float(run.link_messages[y, x, direction] / run.n_samples),
            )
        )
    return tuple(found)
