"""The twin: a torch module that is a Model, equal to its float simulator and differentiable."""

from neurodeploy.learning.twin.surrogate import Surrogate
from neurodeploy.learning.twin.twin import Trace, Trainable, Twin

__all__ = ["Surrogate", "Trace", "Trainable", "Twin"]
