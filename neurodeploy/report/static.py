"""Time, and what depends on it: static energy, total, power and throughput."""

from collections.abc import Mapping
from dataclasses import replace

from neurodeploy.hardware import Hardware
from neurodeploy.report.cost import INCLUDED, Cost, term, total
from neurodeploy.report.metric import Metric, unknown
from neurodeploy.report.modelled import modelled
from neurodeploy.target import Run

TIME_BASIS = "L1, a lower bound: busiest core or barrier, no links, queues or host"
ONE = Cost(value=1.0, low=1.0, high=1.0)


def latency_of(run: Run, hardware: Hardware) -> Cost:
    """Return the mean time of an inference in seconds, from the run's ticks."""
    if run.ticks is None:
        return Cost(value=None, low=None, high=None, missing=("latencies",))
    seconds = run.ticks.sum(axis=2).sum(axis=1) / run.n_samples * hardware.tick_ps * 1e-12
    figures = (*hardware.latency_s.values(), *(quantity for _, quantity in hardware.sync_s))
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
    latency: Cost,
    *,
    n_steps: float,
    synops: float,
) -> dict[str, Metric]:
    """Return what needs the time: static and total energy, energy per SOP, power, throughput."""
    events = total(dynamic.values())
    static = _powered(hardware, "static_chip", latency)
    step = term("management_step", hardware.energy_j.get("management_step"), n_steps)
    management = total([_powered(hardware, "management", latency), step])
    reset = term("reset", hardware.energy_j.get("reset"), 1.0)
    if hardware.all_in:
        static, management, reset = INCLUDED, INCLUDED, INCLUDED
    everything = total([events, static, management, reset])
    return {
        "energy_dynamic_j": modelled("energy_dynamic_j", events),
        "energy_static_j": modelled("energy_static_j", static),
        "energy_management_j": modelled("energy_management_j", management),
        "energy_reset_j": modelled("energy_reset_j", reset),
        "energy_total_j": modelled("energy_total_j", everything),
        "energy_per_synop_j": _per_synop(everything, synops),
        "latency_s": _noted(modelled("latency_s", latency), TIME_BASIS),
        "throughput_hz": modelled("throughput_hz", _quotient(ONE, latency)),
        "power_w": modelled("power_w", _power(hardware, total([events, step, reset]), latency)),
    }


def _powered(hardware: Hardware, name: str, latency: Cost) -> Cost:
    """Return power times time, by the ends of both intervals."""
    power = term(f"{name} power", hardware.power_w.get(name), 1.0)
    if latency.value is None or latency.low is None or latency.high is None:
        return Cost(value=None, low=None, high=None, missing=(f"{name} energy",))
    if power.value is None or power.low is None or power.high is None:
        return power
    return Cost(
        value=power.value * latency.value,
        low=power.low * latency.low,
        high=power.high * latency.high,
        evidence=(*power.evidence, *latency.evidence),
        sources=(*power.sources, *latency.sources),
        missing=power.missing,
    )


def _power(hardware: Hardware, dynamic: Cost, latency: Cost) -> Cost:
    """Return static power plus dynamic energy over time."""
    if hardware.all_in:
        return _quotient(dynamic, latency)
    powers = (term(f"{name} power", figure, 1.0) for name, figure in hardware.power_w.items())
    return total([*powers, _quotient(dynamic, latency)])


def _quotient(energy: Cost, latency: Cost) -> Cost:
    """Return joules over seconds; the interval's ends are paired so that it holds both."""
    if energy.value is None or energy.low is None or energy.high is None:
        return energy
    if not latency.value or not latency.low or not latency.high:
        return Cost(value=None, low=None, high=None, missing=("latency",))
    return Cost(
        value=energy.value / latency.value,
        low=energy.low / latency.high,
        high=energy.high / latency.low,
        evidence=(*energy.evidence, *latency.evidence),
        sources=(*energy.sources, *latency.sources),
        missing=energy.missing,
    )


def _noted(metric: Metric, note: str) -> Metric:
    return replace(metric, note="; ".join(part for part in (note, metric.note) if part))


def _per_synop(energy: Cost, synops: float) -> Metric:
    if synops == 0:
        return unknown("energy_per_synop_j", "no synaptic operation took place")
    if energy.value is None or energy.low is None or energy.high is None:
        return modelled("energy_per_synop_j", energy)
    per = Cost(
        value=energy.value / synops,
        low=energy.low / synops,
        high=energy.high / synops,
        evidence=energy.evidence,
        sources=energy.sources,
        missing=energy.missing,
    )
    return modelled("energy_per_synop_j", per)
