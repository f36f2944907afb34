"""What budgets call figures elsewhere: the registry's name, and the unit the number would be in."""

from collections.abc import Mapping
from types import MappingProxyType

OTHER_NAMES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "p50_us": ("latency_p50_s", "us"),
        "p95_us": ("latency_p95_s", "us"),
        "p99_us": ("latency_p99_s", "us"),
        "worst_us": ("latency_max_s", "us"),
        "inferences_per_s": ("throughput_hz", "Hz"),
        "dynamic_uj_per_inference": ("energy_dynamic_j", "uJ"),
        "total_uj_per_inference": ("energy_total_j", "uJ"),
        "edp_nj_s": ("edp_j_s", "nJ s"),
        "avg_power_mw": ("power_w", "mW"),
        "synops_per_inference": ("synops_hw", ""),
        "spikes_per_inference": ("spikes", ""),
        "spikes_per_synapse_per_inference": ("spikes_per_synapse", ""),
        "messages_per_inference": ("messages", ""),
        "core_synops_per_s": ("synops_busiest_core_hz", "Hz"),
        "imbalance_max_over_mean": ("imbalance", ""),
        "mean_step": ("exit_step", ""),
        "never_exit_fraction": ("exit_never_fraction", ""),
        "accuracy_drop_pp": ("exit_accuracy_drop_pp", ""),
        "min_total_energy_saving": ("exit_saving_total", ""),
        "core_neurons_util": ("neurons_per_core", "%"),
        "core_synapse_bytes_util": ("synapse_bytes_per_core", "%"),
        "core_axons_in_util": ("axons_in_per_core", "%"),
        "core_axons_out_util": ("axons_out_per_core", "%"),
    }
)
"""Those that engineers write by the unit, which a registered name leaves to the value."""


def as_registered(name: str, value: object) -> tuple[str, str] | None:
    """Return the registered name, and the entry that says the same; None if `name` is no other."""
    if name not in OTHER_NAMES:
        return None
    registered, unit = OTHER_NAMES[name]
    if isinstance(value, bool) or not isinstance(value, int | float):
        return registered, registered
    number = 100 * value if unit == "%" else value
    entry = f"{number:.12g}"
    return registered, f"{registered} = " + (f'"{entry} {unit}"' if unit else entry)
