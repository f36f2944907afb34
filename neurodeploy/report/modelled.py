"""Turn costs into modelled metrics, never without low, high and source."""

from neurodeploy.hardware import grade
from neurodeploy.report.cost import INCLUDED, Cost
from neurodeploy.report.metric import REGISTRY, Basis, Metric, unknown


def modelled(name: str, cost: Cost) -> Metric:
    """Return `cost` under a registered name, graded by its weakest evidence."""
    if cost == INCLUDED:
        return unknown(name, "included in the all-in energy of a synaptic operation")
    if cost.value is None:
        return unknown(name, f"the chip's page knows none of: {', '.join(cost.missing)}")
    notes = [f"evidence: {grade(cost.evidence).value}"] if cost.evidence else []
    if cost.missing:
        notes.append(f"lower bound, missing: {', '.join(cost.missing)}")
    return Metric(
        value=cost.value,
        unit=REGISTRY[name].unit,
        basis=Basis.MODELLED,
        low=cost.low,
        high=cost.high,
        source=cost.source,
        note="; ".join(notes),
    )
