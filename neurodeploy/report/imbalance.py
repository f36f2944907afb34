"""How unevenly the operations lie on the cores."""

from collections.abc import Sequence

from neurodeploy.report.core import CoreReport
from neurodeploy.report.metric import Metric, exact


def imbalance_of(cores: Sequence[CoreReport]) -> dict[str, Metric]:
    """Return the busiest core's operations, and that over the mean; 1 is even, or no work."""
    synops = [core.load("synops_hw") for core in cores]
    busiest, mean = max(synops, default=0.0), sum(synops) / max(len(synops), 1)
    return {
        "synops_hw_busiest_core": exact("synops_hw_busiest_core", busiest),
        "imbalance": exact("imbalance", busiest / mean if mean else 1.0),
    }
