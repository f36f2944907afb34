"""The names of the ways to place."""

from enum import StrEnum


class Strategy(StrEnum):
    """How neurons are shared out among the cores; one file each."""

    LAYER_ORDER = "layer-order"
    BALANCED = "balanced"
    TRAFFIC_AWARE = "traffic-aware"
