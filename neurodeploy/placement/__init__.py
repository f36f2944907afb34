"""Program and hardware become a placement: which neurons live on which core."""

from neurodeploy.placement.place import Strategy, place

__all__ = ["Strategy", "place"]
