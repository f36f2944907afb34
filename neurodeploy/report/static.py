"""Time, and what depends on it: static energy, total, power and throughput."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from neurodeploy.hardware import Hardware
from neurodeploy.machine.fidelity import Fidelity
from neurodeploy.report.cost import INCLUDED, Cost, product, quotient, term, total
from neurodeploy.report.metric import Metric, unknown
from neurodeploy.report.modelled import modelled
from neurodeploy.target import Run


@dataclass(frozen=True, slots=True, kw_only=True)
class Spans:
    """Seconds of an inference, and those in which the management draws its power.

    They differ where the management itself checks for an exit: its energy is then the check's.
    """

    latency: Cost
    managed: Cost


def latency_of(run: Run, hardware: Hardware, fidelity: Fidelity) -> Cost:
    """Return the mean time of an inference in seconds, from the run's ticks."""
    if run.ticks is None:
        return Cost(value=None, low=None, high=None, missing=("latencies",))
    seconds = run.ticks.sum(axis=2).sum(axis=1) / run.n_samples * hardware.tick_ps * 1e-12
    events = [q for name, q in hardware.latency_s.items() if name in fidelity.events]
    figures = (*events, *(quantity for _, quantity in hardware.sync_s))
    known = [quantity for quantity in figures if quantity.known]
    low, value, high = (float(part) for part in seconds)
    return Cost(
        value=value,
        low=low,
        high=high,
        evidence=tuple(quantity.evidence for quantity in known),
        sources=tuple(dict.fromkeys(s for q in known for s in q.source.split("; "))),
    )


def static_metrics(
    hardware: Hardware,
    dynamic: Mapping[str, Cost],
    spans: Spans,
    fidelity: Fidelity,
    slow: tuple[str, ...],
    *,
    n_steps: float,
    synops: float,
) -> dict[str, Metric]:
    """Return what needs the time: static and total energy, energy per SOP, power, throughput.

    Parameters
    ----------
    slow : events that the time lacks.
    """
    latency = spans.latency
    events = total(dynamic.values())
    apart = spans.managed is not latency
    drawn = total(cost for name, cost in dynamic.items() if not (apart and name == "check"))
    static = _powered(hardware, "static_chip", latency)
    step = term("management_step", hardware.energy_j.get("management_step"), n_steps)
    management = total([_powered(hardware, "management", spans.managed), step])
    reset = term("reset", hardware.energy_j.get("reset"), 1.0)
    if hardware.all_in:
        static, management, reset = INCLUDED, INCLUDED, INCLUDED
    everything = total([events, static, management, reset])
    timed = {
        "energy_static_j": modelled("energy_static_j", static),
        "energy_management_j": modelled("energy_management_j", management),
        "energy_total_j": modelled("energy_total_j", everything),
        "energy_per_synop_j": _per_synop(everything, synops),
        "throughput_hz": modelled("throughput_hz", quotient(_number(1.0), latency, "latency")),
        "edp_j_s": modelled("edp_j_s", product(everything, latency)),
        "power_w": modelled("power_w", _power(hardware, total([drawn, step, reset]), latency)),
    }
    level = f"time at {fidelity.value}"
    return {
        "energy_dynamic_j": modelled("energy_dynamic_j", events),
        "energy_reset_j": modelled("energy_reset_j", reset),
        "latency_s": _latency(latency, fidelity, slow),
        **{
            name: metric if metric.value is None else _noted(metric, metric.note, level)
            for name, metric in timed.items()
        },
    }


def _powered(hardware: Hardware, name: str, latency: Cost) -> Cost:
    """Return power times time, by the ends of both intervals."""
    power = term(f"{name} power", hardware.power_w.get(name), 1.0)
    if latency.value is None:
        return Cost(value=None, low=None, high=None, missing=(f"{name} energy",))
    return product(power, latency)


def _power(hardware: Hardware, dynamic: Cost, latency: Cost) -> Cost:
    """Return static power plus dynamic energy over time."""
    if hardware.all_in:
        return quotient(dynamic, latency, "latency")
    powers = (term(f"{name} power", figure, 1.0) for name, figure in hardware.power_w.items())
    return total([*powers, quotient(dynamic, latency, "latency")])


def _latency(latency: Cost, fidelity: Fidelity, slow: tuple[str, ...]) -> Metric:
    metric = modelled("latency_s", latency)
    lacks = f"lower bound, missing: {', '.join(slow)}" if slow else ""
    return _noted(metric, fidelity.basis, metric.note, lacks)


def _noted(metric: Metric, *notes: str) -> Metric:
    return replace(metric, note="; ".join(note for note in notes if note))


def _per_synop(energy: Cost, synops: float) -> Metric:
    if synops == 0:
        return unknown("energy_per_synop_j", "no synaptic operation took place")
    return modelled("energy_per_synop_j", quotient(energy, _number(synops), "synops"))


def _number(value: float) -> Cost:
    return Cost(value=value, low=value, high=value)
