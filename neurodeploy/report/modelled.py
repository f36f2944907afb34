"""Turn costs into modelled metrics, never without low, high and source."""

from neurodeploy.hardware import grade
from neurodeploy.report.cost import INCLUDED, Cost
from neurodeploy.report.metric import REGISTRY, Basis, Metric


def modelled(name: str, cost: Cost) -> Metric:
    """Return `cost` under a registered name, graded by its weakest evidence."""
    return figure(REGISTRY[name].unit, cost, "the chip's page knows none of")


def figure(unit: str, cost: Cost, why: str = "not known, or 0") -> Metric:
    """Return `cost` as a modelled figure, graded by its weakest evidence.

    Parameters
    ----------
    why : what to say of the terms of a cost of which nothing is known.
    """
    if cost == INCLUDED:
        return _unknown(unit, "included in the all-in energy of a synaptic operation")
    if cost.value is None:
        return _unknown(unit, f"{why}: {', '.join(cost.missing)}")
    notes = [f"evidence: {grade(cost.evidence).value}"] if cost.evidence else []
    if cost.missing:
        notes.append(f"lower bound, missing: {', '.join(cost.missing)}")
    return Metric(
        value=cost.value,
        unit=unit,
        basis=Basis.MODELLED,
        low=cost.low,
        high=cost.high,
        source=cost.source,
        note="; ".join(notes),
    )


def _unknown(unit: str, note: str) -> Metric:
    return Metric(
        value=None,
        unit=unit,
        basis=Basis.MODELLED,
        low=None,
        high=None,
        source="none",
        note=note,
    )
