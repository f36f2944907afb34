"""One model on the network as it was deployed, and on the same network as an ANN."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from neurodeploy.report.cost import Cost, term, total
from neurodeploy.report.energy_models import arithmetic, memory_aware
from neurodeploy.report.energy_models.estimate import EnergyEstimate
from neurodeploy.report.energy_models.page import Arithmetic, Memory
from neurodeploy.report.energy_models.work import LayerWork
from neurodeploy.report.modelled import figure

HOST = "(host)"


@dataclass(frozen=True, slots=True, kw_only=True)
class HostMacs:
    """Multiply-accumulates of the host: over the run of a sample, and for one pass."""

    macs: float
    pass_macs: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimated:
    """An estimate and its sum as a cost, to go on computing with."""

    estimate: EnergyEstimate
    cost: Cost


def memory_pair(
    works: Sequence[LayerWork], host: HostMacs, memory: Memory
) -> tuple[Estimated, Estimated]:
    """Return the memory-aware model on the network, and on its ANN."""
    afferents = [part for work in works for part in work.afferents]
    mac = memory.arithmetic.mac
    spiking = _estimated(
        "memory-aware",
        memory.arithmetic.name,
        memory_aware.RULE,
        memory_aware.LEAVES_OUT,
        _layers(works, lambda work: memory_aware.spiking(work, memory), term(HOST, mac, host.macs)),
        {
            "events read": sum(part.spikes for part in afferents),
            "operations": sum(part.spikes * part.operations_per_spike for part in afferents),
            "weights read": sum(part.spikes * part.weights_per_spike for part in afferents),
            "neuron visits": float(sum(work.n_neurons * work.n_steps for work in works)),
            "host macs": host.macs,
            **_capacities(works, memory),
        },
    )
    ann = _estimated(
        "memory-aware, ANN",
        memory.arithmetic.name,
        memory_aware.ANN_RULE,
        memory_aware.ANN_LEAVES_OUT,
        _layers(
            works,
            lambda work: memory_aware.artificial(work, memory),
            term(HOST, mac, host.pass_macs),
        ),
        {
            "macs": float(sum(part.macs for part in afferents)),
            "host macs": host.pass_macs,
            **_capacities(works, memory),
        },
    )
    return spiking, ann


def arithmetic_pair(
    works: Sequence[LayerWork], host: HostMacs, constants: Arithmetic
) -> tuple[Estimated, Estimated]:
    """Return the arithmetic model on the network, and on its ANN."""
    mac = constants.mac
    spiking = _estimated(
        "arithmetic",
        constants.name,
        arithmetic.RULE,
        arithmetic.LEAVES_OUT,
        _layers(
            works, lambda work: arithmetic.spiking(work, constants), term(HOST, mac, host.macs)
        ),
        {
            "additions": sum(work.additions for work in works),
            "macs": sum(work.macs for work in works),
            "host macs": host.macs,
        },
    )
    ann = _estimated(
        "arithmetic, ANN",
        constants.name,
        arithmetic.ANN_RULE,
        arithmetic.ANN_LEAVES_OUT,
        _layers(
            works,
            lambda work: arithmetic.artificial(work, constants),
            term(HOST, mac, host.pass_macs),
        ),
        {"macs": float(sum(work.synapses for work in works)), "host macs": host.pass_macs},
    )
    return spiking, ann


def _capacities(works: Sequence[LayerWork], memory: Memory) -> dict[str, float]:
    """Return the word's width, and the bytes of each layer's weights and potentials."""
    word_bytes = memory.word_bits / 8
    found = {"bits of a word": float(memory.word_bits)}
    for work in works:
        n_weights = sum(part.n_weights for part in work.afferents)
        found[f"bytes of weights, {work.name}"] = n_weights * word_bytes
        found[f"bytes of potentials, {work.name}"] = work.n_neurons * word_bytes
    return found


def _layers(
    works: Sequence[LayerWork], energy: Callable[[LayerWork], Cost], host: Cost
) -> Mapping[str, Cost]:
    layers = {work.name: energy(work) for work in works}
    return {**layers, HOST: host} if host.value else layers


def _estimated(
    name: str,
    constants: str,
    rule: str,
    leaves_out: tuple[str, ...],
    layers: Mapping[str, Cost],
    counts: Mapping[str, float],
) -> Estimated:
    cost = total(layers.values())
    estimate = EnergyEstimate(
        name=name,
        constants=constants,
        rule=rule,
        energy=figure("J", cost),
        layers={layer: figure("J", part) for layer, part in layers.items()},
        counts=counts,
        leaves_out=leaves_out,
    )
    return Estimated(estimate=estimate, cost=cost)
