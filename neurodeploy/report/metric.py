"""`Metric`: a figure with its unit, basis, interval and source; and the registry of their names."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from types import MappingProxyType


class Basis(StrEnum):
    """What kind of figure it is: counted, computed from a cost model, or read off a device."""

    EXACT = "exact"
    MODELLED = "modelled"
    MEASURED = "measured"


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """One figure; `value` None is unknown, and `note` then says why.

    An exact figure has ``low == value == high``.
    """

    value: float | None
    unit: str
    basis: Basis
    low: float | None
    high: float | None
    source: str
    note: str = ""


class Better(StrEnum):
    """Which way a metric improves; ``neither`` is a property of the input."""

    LOWER = "lower"
    HIGHER = "higher"
    NEITHER = "neither"


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """What a metric's name means, and which way it improves."""

    unit: str
    meaning: str
    better: Better


def _define(unit: str, meaning: str, better: Better = Better.LOWER) -> Definition:
    return Definition(unit=unit, meaning=meaning, better=better)


_FIGURES: Mapping[str, Definition] = MappingProxyType(
    {
        "accuracy": _define(
            "1", "share of samples whose largest output is the label", Better.HIGHER
        ),
        "synops_hw": _define("1", "stored synapses accumulated, zeros included, per inference"),
        "synops_effective": _define(
            "1", "synapses accumulated whose weight is not 0, per inference"
        ),
        "macs": _define("1", "effective synops that carried a graded payload, per inference"),
        "spikes": _define("1", "spikes sent by neurons, per inference"),
        "input_events": _define("1", "input values that were not 0, per inference", Better.NEITHER),
        "arriving_events": _define(
            "1", "spikes and input values of a layer's sources, once a projection, per inference"
        ),
        "host_macs": _define("1", "multiply-accumulates of the host for injected inputs"),
        "neuron_updates": _define("1", "neurons visited, once a step each, per inference"),
        "neuron_updates_active": _define(
            "1", "visits with input, bias, voltage or a current that decay leaves"
        ),
        "messages": _define("1", "spikes sent to cores, one a destination core, per inference"),
        "hops": _define("1", "tile-to-tile hops of all messages, per inference"),
        "current_wraps": _define("1", "currents that wrapped, per inference"),
        "voltage_saturations": _define("1", "voltages that were clipped, per inference"),
        "dead_neurons": _define("1", "neurons that never spiked on this stimulus"),
        "always_on_neurons": _define("1", "neurons that spiked in every step of every sample"),
        "cores": _define("1", "cores in use"),
        "exit_checks": _define("1", "looks at the outputs to see whether a sample may stop"),
        "synops_hw_busiest_core": _define("1", "synops_hw of the core that has most of them"),
        "imbalance": _define("1", "synops_hw_busiest_core over the mean of the cores in use"),
        "synops_busiest_core_hz": _define(
            "Hz", "synops_hw a second on the core nearest to its limit, in the busiest sample"
        ),
        "energy_total_j": _define("J", "energy of one inference, all known components"),
        "energy_synapse_j": _define("J", "energy of reading synapses, per inference"),
        "energy_dendrite_j": _define("J", "energy of accumulating them, where it is apart"),
        "energy_access_j": _define("J", "energy of visiting neurons, once a step each"),
        "energy_update_j": _define("J", "energy of the neurons that are active, on top"),
        "energy_spike_j": _define("J", "energy of firing, on top"),
        "energy_axon_out_j": _define("J", "energy of sending messages"),
        "energy_axon_in_j": _define("J", "energy of receiving messages"),
        "energy_hop_ew_j": _define("J", "energy of hops along a row of tiles"),
        "energy_hop_ns_j": _define("J", "energy of hops along a column of tiles"),
        "energy_host_j": _define("J", "energy of the values that the host writes and reads"),
        "energy_barrier_j": _define("J", "energy of the barriers that end the steps"),
        "energy_check_j": _define("J", "energy of looking whether a sample may stop"),
        "energy_dynamic_j": _define("J", "sum of the components above, per inference"),
        "energy_static_j": _define("J", "static power times latency"),
        "energy_management_j": _define("J", "management power times latency, and its steps"),
        "energy_reset_j": _define("J", "energy of the reset between samples"),
        "energy_per_synop_j": _define("J", "energy_total_j over synops_hw"),
        "latency_s": _define("s", "time of one inference on the chip, mean over samples"),
        "throughput_hz": _define("Hz", "inferences a second, one after the other", Better.HIGHER),
        "power_w": _define("W", "energy over latency"),
        "edp_j_s": _define("J s", "energy-delay product: energy_total_j times latency_s"),
        "synapses": _define(
            "1", "connections, stored zeros included, shared weights at each place"
        ),
        "ann_macs": _define(
            "1", "multiply-accumulates of the same network as an ANN, one pass", Better.NEITHER
        ),
        "spikes_per_synapse": _define("1", "synops_hw over synapses, per inference"),
        "synops_per_update": _define("1", "synops_hw over neuron_updates, per neuron and step"),
        "messages_in": _define("1", "spikes received by cores, per inference"),
        "exit_step": _define("1", "informative step at which a sample stops, mean over samples"),
        "exit_never_fraction": _define("1", "share of samples that no check stops early"),
        "exit_accuracy_full": _define(
            "1", "accuracy of the same samples, every step run", Better.HIGHER
        ),
        "exit_accuracy_drop_pp": _define("1", "points of accuracy that stopping early costs"),
        "exit_accuracy_early": _define(
            "1", "accuracy of the samples that stop early", Better.HIGHER
        ),
        "exit_worst_class_drop_pp": _define(
            "1", "points of accuracy that the class loses which loses most"
        ),
        "exit_right_to_wrong": _define(
            "1", "share of samples that are right in full and wrong with exit"
        ),
        "exit_wrong_to_right": _define(
            "1", "share of samples that are wrong in full and right with exit", Better.HIGHER
        ),
        "exit_false_rate": _define(
            "1", "share of the samples that stop early which are wrong there and right in full"
        ),
        "exit_false_rate_high": _define(
            "1", "upper end of its 95 % interval (Clopper and Pearson)"
        ),
        "exit_oracle_step": _define(
            "1",
            "mean step of an oracle: the first at which a sample is right, 1 where it never is",
            Better.NEITHER,
        ),
        "exit_oracle_aet": _define(
            "1", "average exit time of SEENN's oracle, from the accuracies by step", Better.NEITHER
        ),
        "exit_pipeline_steps": _define(
            "1", "steps by which the output lags behind the stimulus", Better.NEITHER
        ),
        "exit_synops_share": _define("1", "synops_hw over that of every step run"),
        "exit_synops_at_once": _define(
            "1", "the same, if every layer stopped with the step that decided, in its own time"
        ),
        "exit_synops_depth": _define(
            "1", "the difference: what layers ahead of the output did meanwhile"
        ),
        "exit_dynamic_share": _define("1", "energy_dynamic_j over that of every step run"),
        "exit_dynamic_at_once": _define(
            "1", "the same, if every layer stopped with the step that decided, without checks"
        ),
        "exit_dynamic_depth": _define("1", "the difference: layers ahead of the output, checks"),
        "exit_saving_dynamic": _define(
            "1", "share of the dynamic energy of every step run that is saved", Better.HIGHER
        ),
        "exit_saving_static": _define(
            "1", "share of its static energy that is saved, back to back", Better.HIGHER
        ),
        "exit_saving_total": _define(
            "1", "share of its total energy that is saved, back to back", Better.HIGHER
        ),
        "exit_saving_race_to_idle": _define(
            "1",
            "share of its total energy that is saved if the chip waits out the whole run's time",
            Better.HIGHER,
        ),
        "exit_saving_latency": _define("1", "share of its latency that is saved", Better.HIGHER),
    }
)

DISTRIBUTED = ("latency_s", "energy_total_j", "synops_hw")
"""The figures whose distribution over samples is reported."""

WITH_EXIT = ("exit_step",)
"""Those of which a report has a distribution only where samples may stop early."""

STATISTICS: Mapping[str, float] = MappingProxyType(
    {"p50": 0.5, "p95": 0.95, "p99": 0.99, "max": 1.0}
)
"""The share of samples that a statistic bounds: it is the least observed value that at least this
share of the samples does not exceed (numpy's ``inverted_cdf``), so that counts stay counts."""

_UNIT_ENDINGS = ("_s", "_j")


def statistic_name(name: str, statistic: str) -> str:
    """Return the registered name of a statistic: ``latency_s`` and p99 make ``latency_p99_s``."""
    for ending in _UNIT_ENDINGS:
        if name.endswith(ending):
            return f"{name.removesuffix(ending)}_{statistic}{ending}"
    return f"{name}_{statistic}"


def figure_of(name: str) -> str:
    """Return the figure that a registered name is a statistic of, else the name itself."""
    return _FIGURE_OF.get(name, name)


def _statistics(name: str) -> Mapping[str, Definition]:
    return {
        statistic_name(name, statistic): replace(
            _FIGURES[name],
            meaning=f"{name} of one sample: the largest"
            if share == 1
            else f"{name} of one sample: the least that {100 * share:.0f} % do not exceed",
        )
        for statistic, share in STATISTICS.items()
    }


REGISTRY: Mapping[str, Definition] = MappingProxyType(
    {
        **_FIGURES,
        **{
            name: d
            for figure in (*DISTRIBUTED, *WITH_EXIT)
            for name, d in _statistics(figure).items()
        },
    }
)


_FIGURE_OF = {
    statistic_name(name, s): name for name in (*DISTRIBUTED, *WITH_EXIT) for s in STATISTICS
}


def exact(name: str, value: float, source: str = "counted", note: str = "") -> Metric:
    """Return an exact figure under a registered name."""
    value = float(value)  # an integer would read back from the file as another number
    return Metric(
        value=value,
        unit=REGISTRY[name].unit,
        basis=Basis.EXACT,
        low=value,
        high=value,
        source=source,
        note=note,
    )


def unknown(name: str, note: str) -> Metric:
    """Return a modelled figure that is not known, with the reason."""
    return Metric(
        value=None,
        unit=REGISTRY[name].unit,
        basis=Basis.MODELLED,
        low=None,
        high=None,
        source="none",
        note=note,
    )
