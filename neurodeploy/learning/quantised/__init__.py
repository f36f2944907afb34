"""A twin that computes in the integers its network will be lowered to."""

from neurodeploy.learning.quantised.formats import formats_for
from neurodeploy.learning.quantised.twin import Formats, QuantisedTwin

__all__ = ["Formats", "QuantisedTwin", "formats_for"]
