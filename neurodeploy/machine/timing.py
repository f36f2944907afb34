"""Level L1: a lower bound of each step's time, from the busiest core and the barrier.

A step takes at least as long as the busiest core sweeps its neurons, as the busiest core
accumulates its synapses, and as the barrier takes. Links, queues and the host are not in this
bound. Source of the form, a maximum over the busiest units: Timcheck et al. 2026
(arXiv:2601.10035).
"""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from neurodeploy.deployment.placement import Placement
from neurodeploy.hardware import Hardware, Quantity
from neurodeploy.machine.counts import HOST, Count, Row

Ints = NDArray[np.int64]

ESTIMATES = ("low", "value", "high")

_SYNAPSE_TERMS = {
    "axon_in": Count.MESSAGES_IN,
    "synapse_dense": Count.SYNOPS_DENSE,
    "synapse_sparse": Count.SYNOPS_SPARSE,
    "synapse_conv": Count.SYNOPS_CONV,
}
_NEURON_TERMS = {"spike_out": Count.SPIKES, "axon_out": Count.MESSAGES_OUT}


class Fidelity(StrEnum):
    """How far time is modelled: L0 counts only, L1 a bound."""

    L0 = "L0"
    L1 = "L1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """Ticks a core spends on each event, for the low, nominal and high estimate.

    `missing` names the latencies that the chip's page leaves unknown: the bound lacks them.
    """

    core_of_row: Ints
    neurons: Ints
    synapse_ticks: NDArray[np.int64]
    neuron_ticks: NDArray[np.int64]
    idle_ticks: tuple[int, int, int]
    sync_ticks: tuple[int, int, int]
    missing: tuple[str, ...]

    def bound(self, counts: Ints) -> Ints:
        """Return the ticks (3, step) of one sample with `counts` (step, row, count)."""
        ticks = np.zeros((len(ESTIMATES), len(counts)), np.int64)
        on_chip = self.core_of_row != HOST
        cores = self.core_of_row[on_chip]
        for k in range(len(ESTIMATES)):
            synapse = self._by_core(counts[:, on_chip] @ self.synapse_ticks[k], cores)
            swept = self._by_core(counts[:, on_chip] @ self.neuron_ticks[k], cores)
            swept = swept + self.neurons * self.idle_ticks[k]
            busiest = np.maximum(synapse, swept).max(axis=1, initial=0)
            ticks[k] = np.maximum(busiest, self.sync_ticks[k])
        return ticks

    def _by_core(self, values: Ints, cores: Ints) -> Ints:
        total = np.zeros((len(self.neurons), len(values)), np.int64)
        np.add.at(total, cores, values.T)
        return total.T


def timing_of(hardware: Hardware, placement: Placement, rows: tuple[Row, ...]) -> Timing | None:
    """Return the timing of a placed program, or None if the chip's page knows no latency."""
    if not any(quantity.known for quantity in hardware.latency_s.values()):
        return None
    missing: list[str] = []

    def ticks(name: str) -> tuple[int, int, int]:
        quantity = hardware.latency_s.get(name)
        if quantity is None or not quantity.known:
            missing.append(name)
            return 0, 0, 0
        return _ticks(hardware, quantity)

    synapse = np.zeros((3, len(Count)), np.int64)
    neuron = np.zeros((3, len(Count)), np.int64)
    for terms, table in ((_SYNAPSE_TERMS, synapse), (_NEURON_TERMS, neuron)):
        for name, column in terms.items():
            table[:, column] = ticks(name)
    idle = ticks("neuron_access")
    neuron[:, Count.NEURON_UPDATES_ACTIVE] = ticks("neuron_update")
    neurons = np.zeros(placement.n_cores, np.int64)
    for part in placement.slices:
        neurons[part.core] += part.size
    sync = _sync(hardware, len(set(placement.tiles)))
    if sync is None:
        missing.append("sync")
    return Timing(
        core_of_row=np.asarray([row.core for row in rows], np.int64),
        neurons=neurons,
        synapse_ticks=synapse,
        neuron_ticks=neuron,
        idle_ticks=idle,
        sync_ticks=(0, 0, 0) if sync is None else _ticks(hardware, sync),
        missing=tuple(missing),
    )


def _ticks(hardware: Hardware, quantity: Quantity) -> tuple[int, int, int]:
    value = quantity.value
    assert value is not None
    low = value if quantity.low is None else quantity.low
    high = value if quantity.high is None else quantity.high
    return hardware.ticks(low), hardware.ticks(value), hardware.ticks(high)


def _sync(hardware: Hardware, n_tiles: int) -> Quantity | None:
    fitting = [quantity for tiles, quantity in hardware.sync_s if tiles <= max(n_tiles, 1)]
    return fitting[-1] if fitting and fitting[-1].known else None
