"""Put the models side by side, with the same network as an ANN and what makes a ratio."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from neurodeploy.hardware import Hardware
from neurodeploy.report.cost import Cost, quotient, total
from neurodeploy.report.energy_models import break_even
from neurodeploy.report.energy_models.estimate import (
    BreakEven,
    EnergyEstimate,
    EnergyModels,
    EnergyRatio,
)
from neurodeploy.report.energy_models.page import (
    Arithmetic,
    Memory,
    arithmetic_sets,
    memory_set,
)
from neurodeploy.report.energy_models.pairs import (
    Estimated,
    HostMacs,
    arithmetic_pair,
    memory_pair,
)
from neurodeploy.report.energy_models.work import LayerWork
from neurodeploy.report.metric import Metric
from neurodeploy.report.modelled import figure

NO_SYNAPSES = "the network has no synapses: no ratio to an ANN"
LOOPS = "the network has loops, so one dense pass of an ANN does not compute it: no ratio"
SAME_CONSTANTS = (
    "a ratio divides one dense pass of an ANN by the whole run, both by one model; "
    "it is no better than what that model leaves out"
)
PRIVATE_SNN = (
    "the 55 times in the abstract of PrivateSNN (Kim et al., AAAI 2022) is a ratio of this kind; "
    "rule and constants decide such a number, as these rows show, and its abstract names neither"
)
LEAST_SPIKES = (
    "Dampfhoffer et al. 2023 (IEEE TETCI 7(3), abstract) find that spikes compete with efficient "
    "ANN hardware at 0.15 to 1.38 spikes per synapse and inference"
)
FAIR_BITS = (
    "a fair ANN needs no more than ceil(log2(T + 1)) bits an activation for T steps of rate code "
    "(Yan et al., arXiv:2409.08290, abstract)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Profiled:
    """What the comparison starts from; energies are joules per inference.

    Parameters
    ----------
    dynamic, whole : the chip's events by component; and with static power, management and reset.
    layers : the chip's events, by population.
    loops : whether a population hears itself.
    """

    hardware: Hardware
    works: Sequence[LayerWork]
    dynamic: Mapping[str, Cost]
    whole: Metric
    layers: Mapping[str, Metric]
    counts: Mapping[str, Metric]
    host: HostMacs
    loops: bool


def compare(profiled: Profiled) -> EnergyModels:
    """Return every model's energy, the ratios, and the break-evens beside them."""
    memory, sets = memory_set(), arithmetic_sets()
    works, host = profiled.works, profiled.host
    pairs = [
        memory_pair(works, host, memory),
        *(arithmetic_pair(works, host, constants) for constants in sets),
    ]
    comparable = not profiled.loops and bool(_n_synapses(profiled))
    return EnergyModels(
        spiking=(*_of_chip(profiled), *(spiking.estimate for spiking, _ in pairs)),
        artificial=tuple(ann.estimate for _, ann in pairs) if comparable else (),
        ratios=tuple(_ratio(*pair) for pair in pairs) if comparable else (),
        break_evens=_break_evens(profiled, memory, sets) if comparable else (),
        remarks=_remarks(profiled),
    )


def _remarks(profiled: Profiled) -> tuple[str, ...]:
    if profiled.loops:
        return (LOOPS,)
    if not _n_synapses(profiled):
        return (NO_SYNAPSES,)
    return (SAME_CONSTANTS, PRIVATE_SNN, LEAST_SPIKES, FAIR_BITS)


def explained(hardware: Hardware) -> Mapping[str, str]:
    """Return the full reference of every source that a report can name."""
    found = dict(hardware.sources)
    for constants in (*arithmetic_sets(), memory_set().arithmetic):
        found |= {name: text for name, text in constants.sources.items() if name not in found}
    return found


def _of_chip(profiled: Profiled) -> tuple[EnergyEstimate, ...]:
    events = EnergyEstimate(
        name="chip, events",
        constants=profiled.hardware.name,
        rule="every event that the chip's page prices; no time",
        energy=figure("J", total(profiled.dynamic.values())),
        layers=profiled.layers,
        counts=_values(profiled.counts),
        leaves_out=("what the page does not know: see missing", "static power and management"),
    )
    whole = EnergyEstimate(
        name="chip, whole",
        constants=profiled.hardware.name,
        rule="its events, static power and management over the run, and the reset",
        energy=profiled.whole,
        layers={},
        counts=_values(profiled.counts),
        leaves_out=("what the page does not know: see missing",),
    )
    return events, whole


def _ratio(spiking: Estimated, ann: Estimated) -> EnergyRatio:
    estimate = spiking.estimate
    by_memory = estimate.name == "memory-aware"
    alone = f"{break_even.ARITHMETIC} {estimate.constants.partition(',')[0]}"
    return EnergyRatio(
        name=estimate.name,
        constants=estimate.constants,
        ratio=figure("1", quotient(ann.cost, spiking.cost, "the spiking energy")),
        break_even=break_even.MEMORY if by_memory else alone,
    )


def _break_evens(
    profiled: Profiled, memory: Memory, sets: Sequence[Arithmetic]
) -> tuple[BreakEven, ...]:
    counts, works = profiled.counts, profiled.works
    found, per_update = counts["spikes_per_synapse"], counts["synops_per_update"]
    n_synops = counts["synops_hw"].value or 0.0
    synapse = total([profiled.dynamic["synapse"], profiled.dynamic["dendrite"]])
    on_chip = (
        break_even.of_chip(found, works, memory, synapse, n_synops),
        break_even.of_neurons(per_update, profiled.hardware, synapse, n_synops),
    )
    return (
        break_even.of_memory(found, works, memory),
        *(break_even.of_arithmetic(found, constants) for constants in sets),
        *on_chip,
    )


def _n_synapses(profiled: Profiled) -> int:
    return sum(work.synapses for work in profiled.works)


def _values(metrics: Mapping[str, Metric]) -> Mapping[str, float]:
    return {
        name: float(metric.value) for name, metric in metrics.items() if metric.value is not None
    }
