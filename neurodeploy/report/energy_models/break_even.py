"""How few spikes a network must send before spikes cost less than one dense pass of an ANN.

Both sides are charged by the rules of this folder, neurons and addresses left out, with s spikes
per synapse and inference and R uses of a word that the ANN reads. Dampfhoffer et al. 2023 (IEEE
TETCI 7(3)) report 0.15 to 1.38 for such an s, by the design of the ANN.

arithmetic alone:   s < e_mac / e_add
with memories:      s < (e_mac + e_dense / R) / (e_add + e_weight + 2 e_potential)
on the chip:        s < (e_mac + e_dense / R) / e_synapse
neurons:            synaptic operations a neuron and step > (e_access + e_update) / e_synapse

The last says when synapses, and not visits to neurons, are what is paid for.
"""

from collections.abc import Mapping, Sequence

from neurodeploy.hardware import Hardware, Quantity
from neurodeploy.report.cost import Cost, quotient, term, total
from neurodeploy.report.energy_models.access import access
from neurodeploy.report.energy_models.estimate import BreakEven
from neurodeploy.report.energy_models.page import Arithmetic, Memory
from neurodeploy.report.energy_models.work import LayerWork
from neurodeploy.report.metric import Metric
from neurodeploy.report.modelled import figure

ARITHMETIC = "spikes/synapse, arithmetic"
MEMORY = "spikes/synapse, memory-aware"
CHIP = "spikes/synapse, on the chip"
NEURONS = "SOPs/neuron and step, chip"


def of_arithmetic(found: Metric, constants: Arithmetic) -> BreakEven:
    """Return the limit of counting operations alone: the claim that is attacked most."""
    mac, add = _one("e_mac", constants.mac), _one("e_add", constants.add)
    return _below(
        f"{ARITHMETIC} {constants.number}",
        "e_mac / e_add",
        found,
        quotient(mac, add, "e_add"),
        {"e_mac": mac, "e_add": add},
    )


def of_memory(found: Metric, works: Sequence[LayerWork], memory: Memory) -> BreakEven:
    """Return the limit with memories of the layers' sizes, synapse by synapse."""
    dense, spiking = _means(works, memory)
    return _below(
        MEMORY,
        "(e_mac + e_dense / R) / (e_add + e_weight + 2 e_potential)",
        found,
        quotient(
            total([dense["e_mac"], dense["e_dense / R"]]), total(spiking.values()), "synapses"
        ),
        {**dense, **spiking},
    )


def of_chip(
    found: Metric, works: Sequence[LayerWork], memory: Memory, synapse: Cost, n_synops: float
) -> BreakEven:
    """Return the limit of the chip against an ANN whose constants are those of `memory`.

    Parameters
    ----------
    synapse : energy of the chip's synapses and dendrites, in joules per inference.
    n_synops : synaptic operations per inference.
    """
    dense, _ = _means(works, memory)
    each = quotient(synapse, Cost(value=n_synops, low=n_synops, high=n_synops), "synops")
    return _below(
        CHIP,
        f"(e_mac + e_dense / R) / e_synapse, the ANN in {memory.arithmetic.name}",
        found,
        quotient(total(dense.values()), each, "e_synapse"),
        {**dense, "e_synapse": each},
    )


def of_neurons(found: Metric, hardware: Hardware, synapse: Cost, n_synops: float) -> BreakEven:
    """Return how many SOPs a neuron and step it takes until synapses cost more than neurons."""
    energies = hardware.energy_j
    each = quotient(synapse, Cost(value=n_synops, low=n_synops, high=n_synops), "synops")
    parts = {name: term(name, energies.get(name), 1.0) for name in _OF_NEURON}
    limit = quotient(total(parts.values()), each, "e_synapse")
    inputs = {name: figure("J", part) for name, part in parts.items()}
    return BreakEven(
        name=NEURONS,
        rule="(neuron_access + neuron_update) / e_synapse",
        found=found,
        limit=figure("1", limit),
        inputs={**inputs, "e_synapse": figure("J", each)},
        verdict=_verdict(found, limit, "synapses rule", "neurons rule", above=True),
    )


_OF_NEURON = ("neuron_access", "neuron_update")


def _below(
    name: str, rule: str, found: Metric, limit: Cost, inputs: Mapping[str, Cost]
) -> BreakEven:
    return BreakEven(
        name=name,
        rule=rule,
        found=found,
        limit=figure("1", limit),
        inputs={key: figure("J", cost) for key, cost in inputs.items()},
        verdict=_verdict(found, limit, "pays", "does not pay", above=False),
    )


def _verdict(found: Metric, limit: Cost, yes: str, no: str, *, above: bool) -> str:
    """Return `yes` where `found` lies beyond the whole interval of the limit, on the right side."""
    if found.value is None or limit.low is None or limit.high is None or limit.missing:
        return "unknown"
    if limit.low <= found.value <= limit.high:
        return "undecided"
    return yes if (found.value > limit.high) == above else no


def _means(
    works: Sequence[LayerWork], memory: Memory
) -> tuple[Mapping[str, Cost], Mapping[str, Cost]]:
    """Return energies a synapse of a dense pass and of a spike, means over the synapses."""
    parts = [(part, work) for work in works for part in work.afferents]
    n_synapses = sum(part.synapses for part, _ in parts)

    def mean(costs: Sequence[tuple[Quantity, int]]) -> Cost:
        return total(term("access", quantity, n / n_synapses) for quantity, n in costs)

    weights = mean([(access(memory, part.n_weights), part.synapses) for part, _ in parts])
    inputs = mean(
        [
            (access(memory, part.n_in), part.synapses if part.conv else part.n_in)
            for part, _ in parts
        ]
    )
    potentials = mean([(access(memory, work.n_neurons), 2 * part.synapses) for part, work in parts])
    reuse = memory.ann_reuse
    dense = quotient(total([weights, inputs]), _one("R", reuse), "R")
    return (
        {"e_mac": _one("e_mac", memory.arithmetic.mac), "e_dense / R": dense},
        {
            "e_add": _one("e_add", memory.arithmetic.add),
            "e_weight": weights,
            "2 e_potential": potentials,
        },
    )


def _one(name: str, quantity: Quantity) -> Cost:
    return term(name, quantity, 1.0)
