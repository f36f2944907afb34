"""What a target must offer, how targets are found, and what every run returns."""

from neurodeploy.target.contract import (
    Environment,
    EnvironmentStatus,
    RunOptions,
    Stimulus,
    Target,
    Violation,
)
from neurodeploy.target.run import Run, merge

__all__ = [
    "Environment",
    "EnvironmentStatus",
    "Run",
    "RunOptions",
    "Stimulus",
    "Target",
    "Violation",
    "merge",
]
