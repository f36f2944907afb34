"""Program and hardware become a placement: which neurons live on which core."""

from neurodeploy.placement.activity import Activity, every_step
from neurodeploy.placement.compare import PlacementRow, RefusedPlacement, compare_placements
from neurodeploy.placement.place import place
from neurodeploy.placement.strategy import Strategy

__all__ = [
    "Activity",
    "PlacementRow",
    "RefusedPlacement",
    "Strategy",
    "compare_placements",
    "every_step",
    "place",
]
