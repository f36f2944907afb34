"""What one inference takes, and what the chip draws between two of them."""

from dataclasses import dataclass, replace

from neurodeploy.decision.range import Range, missing_in, range_of, rising
from neurodeploy.report.metric import Basis, Metric
from neurodeploy.report.report import Report
from neurodeploy.terms import CheckedAt

STATIC, MANAGEMENT = "energy_static_j", "energy_management_j"

PARTS = {
    "energy_dynamic_j": "its events (synapses, neurons, messages)",
    STATIC: "static power while it lasts",
    MANAGEMENT: "management power while it lasts",
    "energy_reset_j": "the reset between samples",
}
"""What `energy_total_j` is the sum of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OneInference:
    """Joules, seconds and watts of one inference on one chip; None is unknown.

    Parameters
    ----------
    energy_j : all that is known of it, static power included.
    covers_s : the time whose static power `energy_j` includes.
    latency_s : until the next inference may begin, one after the other.
    idle_w : power between inferences, static and management; `idle_missing` is what it lacks.
    energy_basis, latency_basis : ``measured`` or ``modelled``.
    """

    energy_j: Range | None
    covers_s: Range | None
    latency_s: Range | None
    idle_w: Range | None
    idle_missing: tuple[str, ...]
    energy_basis: Basis
    latency_basis: Basis


def energy_of(report: Report) -> Metric:
    """Return the energy of one inference, measured where it was: as such, or power times time."""
    measured = report.measured
    if "energy_total_j" in measured:
        return measured["energy_total_j"]
    power, time = measured.get("power_w"), measured.get("latency_s")
    if power is None or time is None or power.value is None or time.value is None:
        return report.metrics["energy_total_j"]
    energy = power.value * time.value
    return Metric(
        value=energy,
        unit="J",
        basis=Basis.MEASURED,
        low=energy,
        high=energy,
        source=power.source,
        note="measured power times measured latency",
    )


def latency_of(report: Report) -> Metric:
    """Return the time of one inference, measured where it was."""
    return report.measured.get("latency_s", report.metrics["latency_s"])


def one_inference(report: Report) -> OneInference:
    """Return what one inference of `report` takes."""
    energy, latency = energy_of(report), latency_of(report)
    modelled = range_of(report.metrics["latency_s"])
    idle, lacking = _idle(report)
    span = range_of(latency) if energy.basis is Basis.MEASURED else modelled
    return OneInference(
        energy_j=_named("energy of", range_of(energy)),
        covers_s=_named("latency of", span),
        latency_s=_named("latency of", range_of(latency)),
        idle_w=idle,
        idle_missing=lacking,
        energy_basis=energy.basis,
        latency_basis=latency.basis,
    )


def _named(what: str, found: Range | None) -> Range | None:
    """Return the range with its missing terms told from those of other figures."""
    if found is None:
        return None
    names = tuple(n if n.endswith((" power", " energy")) else f"{what} {n}" for n in found.missing)
    return replace(found, missing=names)


def _idle(report: Report) -> tuple[Range | None, tuple[str, ...]]:
    """Return static and management power, each its energy over the modelled time.

    An end of such an energy is the product of that end of the power and of the time, so the
    quotient of two ends is that end of the power.
    """
    latency = report.metrics["latency_s"]
    known, lacking = [], []
    for name, what in ((STATIC, "static power"), (MANAGEMENT, "management power")):
        metric = report.metrics[name]
        if _is_power(report, name, metric) and latency.value and latency.low:
            known.append(_over(metric, latency))
        else:
            lacking.append(f"{what} between inferences")
    if not known:
        return None, tuple(lacking)
    idle = rising(lambda *watts: sum(watts), *known)
    return idle, tuple(lacking)


def _is_power(report: Report, name: str, metric: Metric) -> bool:
    """Return whether an energy is nothing but a power times the whole time."""
    if metric.value is None:
        return False
    alone = "management_step" in missing_in(metric)  # else steps of the management are in it
    exits = report.early_exit
    meanwhile = exits is not None and exits.policy.where == CheckedAt.MANAGEMENT
    return name == STATIC or (alone and not meanwhile)


def _over(energy: Metric, latency: Metric) -> Range:
    return rising(
        lambda joules, seconds: joules / seconds,
        Range(low=energy.low or 0.0, nominal=energy.value or 0.0, high=energy.high or 0.0),
        Range(low=latency.low or 0.0, nominal=latency.value or 0.0, high=latency.high or 0.0),
    )
