"""Which end of a figure's interval an estimate takes."""

from neurodeploy.regression.budget import Estimate
from neurodeploy.report.metric import REGISTRY, Basis, Better, Metric


def end_of(metric: Metric, name: str, estimate: Estimate) -> float | None:
    """Return the value that `estimate` chooses; ``high`` takes the end that is worse."""
    if metric.basis is Basis.EXACT or estimate is Estimate.NOMINAL:
        return metric.value
    cautious = estimate is Estimate.HIGH
    return metric.low if (REGISTRY[name].better is Better.HIGHER) == cautious else metric.high
