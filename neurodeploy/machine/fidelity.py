"""`Fidelity`: how far time is modelled, and what each level leaves out."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class Fidelity(StrEnum):
    """L0 counts events only; L1 bounds a step from below; L2 sums per core; L3 simulates events."""

    L0 = "L0"
    L1 = "L1"
    L2 = "L2"
    L3 = "L3"

    @property
    def basis(self) -> str:
        """What a time of this level is, for whoever reads one."""
        return _BASIS[self]

    @property
    def events(self) -> frozenset[str]:
        """Names in `Hardware.latency_s` (and ``sync``) that a time of this level is made of."""
        return _EVENTS[self]


_BASIS: Mapping[Fidelity, str] = MappingProxyType(
    {
        Fidelity.L0: "L0, counts only",
        Fidelity.L1: "L1, a lower bound: busiest core, link or barrier, no queues or host",
        Fidelity.L2: "L2, sums per core: busiest core, then the barrier; no links, queues or host",
        Fidelity.L3: "L3, an event simulation: queues, links, back-pressure, host port, barrier",
    }
)
_CORE = frozenset(
    {
        *("synapse_dense", "synapse_sparse", "synapse_conv", "dendrite", "axon_in", "axon_out"),
        *("neuron_access", "neuron_update", "spike_out", "sync"),
    }
)
_EVENTS: Mapping[Fidelity, frozenset[str]] = MappingProxyType(
    {
        Fidelity.L0: frozenset(),
        Fidelity.L1: _CORE | {"link_message", "synapse_word"},
        Fidelity.L2: _CORE,
        Fidelity.L3: _CORE
        | {
            *("link_message", "synapse_word", "hop_ew", "hop_ns"),
            *("host_in", "host_out", "management_step"),
        },
    }
)
