"""Figures and names as people read them."""

import math
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType

from neurodeploy.report.bottleneck import role
from neurodeploy.report.early_exit.noun import PolicyFacts
from neurodeploy.report.metric import REGISTRY, STATISTICS, Basis, Metric, statistic_name
from neurodeploy.report.report import Report

UNKNOWN = "unknown"
NOTHING = "nothing"

_PREFIXES = ((9, "G"), (6, "M"), (3, "k"), (0, ""), (-3, "m"), (-6, "µ"), (-9, "n"), (-12, "p"))
_LEAST = (-15, "f")
_DIGITS = 3
_MOST_NAMES = 5
_SPACE = "\N{NARROW NO-BREAK SPACE}"

_LABELS: Mapping[str, str] = MappingProxyType(
    {
        "synops_hw": "synaptic operations",
        "synops_effective": "effective synaptic operations",
        "latency_s": "latency",
        "energy_total_j": "energy",
        "energy_per_synop_j": "energy per synaptic operation",
        "power_w": "power",
        "throughput_hz": "throughput",
        "energy_hop_ew_j": "hops (east, west)",
        "energy_hop_ns_j": "hops (north, south)",
        "energy_synapse_j": "synapses",
        "energy_dendrite_j": "dendrites",
        "energy_access_j": "visits to neurons",
        "energy_update_j": "updates of active neurons",
        "energy_spike_j": "spikes",
        "energy_axon_out_j": "messages sent",
        "energy_axon_in_j": "messages received",
        "energy_host_j": "host writes and reads",
        "energy_barrier_j": "barriers",
        "energy_static_j": "static power",
        "energy_management_j": "management power",
        "energy_reset_j": "reset between samples",
        "exit_step": "step of the exit",
    }
)

_SUMS = frozenset({"energy_total_j", "energy_dynamic_j", "energy_per_synop_j"})


def si(value: float | None, unit: str) -> str:
    """Return three digits of `value` with a prefix; ``unknown`` for None."""
    if value is None:
        return UNKNOWN
    if value == 0:
        return f"0{_SPACE}{unit}"
    digits = float(f"{value:.{_DIGITS}g}")
    exponent, prefix = next(
        (entry for entry in _PREFIXES if abs(digits) >= 10.0 ** entry[0] * (1 - 1e-12)), _LEAST
    )
    scaled = digits / 10.0**exponent
    decimals = max(_DIGITS - 1 - math.floor(math.log10(abs(scaled)) + 1e-12), 0)
    return f"{scaled:,.{decimals}f}{_SPACE}{prefix}{unit}"


def count(value: float | None) -> str:
    """Return a count, its thousands apart; a mean has at most one decimal."""
    if value is None:
        return UNKNOWN
    if value == int(value) or abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:,.1f}" if abs(value) >= 1 else f"{value:.2g}"


def percent(share: float | None) -> str:
    """Return a share in percent."""
    if share is None:
        return UNKNOWN
    points = 100 * share
    if 99 < points < 100:  # nearly full is not full
        digits = f"{points:.2f}"
    else:
        digits = f"{points:.0f}" if points == 0 or points >= 10 else f"{points:.2g}"
    return f"{digits}{_SPACE}%"


def figure(value: float | None, unit: str) -> str:
    """Return a figure in its unit; the unit ``1`` is that of a count."""
    return count(value) if unit == "1" else si(value, unit)


def amount(metric: Metric, value: float | None) -> str:
    """Return `value`, one of a metric's three; a modelled ratio has three digits.

    No event of a kind costs nothing, whether or not the chip's page knows what one would cost.
    """
    if value is None or metric.basis is Basis.EXACT:
        return figure(value, metric.unit)
    if value == 0:
        return NOTHING
    return f"{value:.{_DIGITS}g}" if metric.unit == "1" else si(value, metric.unit)


def with_interval(metric: Metric) -> str:
    """Return the nominal value, and behind it low to high where they differ."""
    ends = interval(metric)
    nominal = amount(metric, metric.value)
    return f"{nominal} ({ends})" if ends else nominal


def interval(metric: Metric) -> str:
    """Return low to high, or nothing where they are equal or unknown."""
    if metric.low is None or metric.high is None or metric.low == metric.high:
        return ""
    return f"{amount(metric, metric.low)} to {amount(metric, metric.high)}"


def provenance(metric: Metric) -> str:
    """Return where a figure comes from, in one line."""
    parts = [metric.basis.value, interval(metric), metric.note]
    if metric.source not in ("none", metric.basis.value):
        parts.append(f"source: {metric.source}")
    return "; ".join(part for part in parts if part)


def sources_line(metrics: Iterable[Metric]) -> str:
    """Return the names of the sources behind some modelled figures, each once."""
    modelled = [metric for metric in metrics if metric.basis is not Basis.EXACT]
    names = (name for metric in modelled for name in metric.source.split(", "))
    return ", ".join(name for name in dict.fromkeys(names) if name != "none") or "none"


def is_lower_bound(metric: Metric) -> bool:
    """Return whether a sum lacks terms that nobody knows."""
    return "missing: " in metric.note


def label(name: str) -> str:
    """Return what people call a metric."""
    if name in _LABELS:
        return _LABELS[name]
    return name.removeprefix("energy_").removesuffix("_j").removesuffix("_s").replace("_", " ")


def policy_text(policy: PolicyFacts) -> str:
    """Return an exit policy in words, without a full stop."""
    chosen = f"; chosen on {policy.chosen_on}: {policy.asked}" if policy.chosen_on else ""
    if policy.network_macs:
        return (
            f"A network of {policy.network_macs:,} MACs on the {policy.where} looks at each input "
            f"and says how many steps it gets{chosen}"
        )
    softmax = policy.rule != "margin"
    temperature = f" at temperature {policy.temperature:g}" if softmax else ""
    unit = "" if softmax else " integers"
    every = "every step" if policy.period_steps == 1 else f"every {policy.period_steps} steps"
    first = "" if policy.min_steps == 1 else f" from step {policy.min_steps}"
    return (
        f"A sample stops when the {policy.rule} of the {policy.score}{temperature} exceeds "
        f"{policy.threshold:.6g}{unit}, checked {every}{first} on the {policy.where}{chosen}"
    )


def limit_label(name: str) -> str:
    """Return what people call one of the chip's limits, which are all of one core."""
    return name.removesuffix("_per_core").replace("_", " ")


def in_order(metrics: Mapping[str, Metric]) -> list[str]:
    """Return the names in the registry's order, for a file holds them in another."""
    return [name for name in REGISTRY if name in metrics]


def energy_components(metrics: Mapping[str, Metric]) -> list[str]:
    """Return the names of the parts that energy is the sum of."""
    derived = _SUMS | {statistic_name("energy_total_j", statistic) for statistic in STATISTICS}
    return [
        name
        for name in in_order(metrics)
        if name.startswith("energy_") and name.endswith("_j") and name not in derived
    ]


def bottleneck_lines(report: Report) -> list[str]:
    """Return what binds first: resource, layer, core, and what sets the time."""
    binding = report.binding
    lines = []
    if binding.resource is not None:
        full = binding.resource
        lines.append(
            f"Fullest resource: {limit_label(full.limit_name)}, {percent(full.share)} used "
            f"({full.used:,} of {full.limit:,}) on core {full.core}"
        )
    if binding.layer_share is not None:
        lines.append(
            f"Busiest layer: {binding.layer}, {percent(binding.layer_share)} of all "
            "synaptic operations"
        )
    if len(report.cores) > 1 and binding.core_share is not None:
        what = "busy time" if binding.load == "busy_s" else "synaptic operations"
        even = 1 / len(report.cores)
        lines.append(
            f"Busiest core: {binding.core}, {percent(binding.core_share)} of the {what} of all "
            f"cores; an even share would be {percent(even)}"
        )
    if report.bottlenecks:
        first = report.bottlenecks[0]
        title = role(report.fidelity).capitalize()
        lines.append(f"{title}: {first.unit}, in {percent(first.share)} of the steps")
    return lines


def verdict(report: Report) -> str:
    """Return whether the deployment fits, in one sentence."""
    cores = len(report.cores)
    if report.failures:
        return f"Placed on {report.chip}, and fails there"
    return f"Fits {report.chip} on {cores} {plural('core', cores)}"


def few(names: Sequence[str]) -> str:
    """Return the names, of many the first two and the last, and how many they are."""
    if len(names) <= _MOST_NAMES:
        return ", ".join(names)
    return f"{names[0]}, {names[1]}, ... {names[-1]} ({len(names)})"


def plural(noun: str, number: int) -> str:
    """Return `noun` for that many."""
    return noun if number == 1 else f"{noun}s"


def shape_text(shape: Sequence[int]) -> str:
    """Return the sizes of a shape, one times the other."""
    return f"{_SPACE}\N{MULTIPLICATION SIGN}{_SPACE}".join(str(size) for size in shape)
