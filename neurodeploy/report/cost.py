"""Counts times a chip's page of costs: energy by component, each with low, nominal and high."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from neurodeploy.hardware import Evidence, Hardware, Quantity
from neurodeploy.machine.counts import Count

COMPONENTS = ("synapse", "neuron", "network")

_TERMS = {
    "synapse": (
        ("synapse_dense", Count.SYNOPS_DENSE),
        ("synapse_sparse", Count.SYNOPS_SPARSE),
        ("synapse_conv", Count.SYNOPS_CONV),
    ),
    "neuron": (
        ("neuron_active", Count.NEURON_UPDATES_ACTIVE),
        ("spike_out", Count.SPIKES),
    ),
    "network": (
        ("axon_out", Count.MESSAGES_OUT),
        ("axon_in", Count.MESSAGES_IN),
        ("hop_ew", Count.HOPS_EW),
        ("hop_ns", Count.HOPS_NS),
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """A sum of modelled terms; `missing` names those whose figure the chip's page leaves unknown.

    `value` None says that not one term is known.
    """

    value: float | None
    low: float | None
    high: float | None
    evidence: tuple[Evidence, ...] = ()
    sources: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()

    @property
    def source(self) -> str:
        """The short names of its sources, or ``none``."""
        return ", ".join(self.sources) or "none"


NOTHING = Cost(value=0.0, low=0.0, high=0.0)


def term(name: str, quantity: Quantity | None, amount: float) -> Cost:
    """Return `amount` events at `quantity` each; nothing costs nothing, known or not."""
    if amount == 0:
        return NOTHING
    if quantity is None or quantity.value is None:
        return Cost(value=None, low=None, high=None, missing=(name,))
    low = quantity.value if quantity.low is None else quantity.low
    high = quantity.value if quantity.high is None else quantity.high
    return Cost(
        value=amount * quantity.value,
        low=amount * low,
        high=amount * high,
        evidence=(quantity.evidence,),
        sources=tuple(quantity.source.split("; ")),
    )


def total(costs: Iterable[Cost]) -> Cost:
    """Return the interval sum of what is known; unknown only if nothing that costs is known."""
    parts = list(costs)
    known = [part for part in parts if part.value is not None]
    missing = tuple(dict.fromkeys(name for part in parts for name in part.missing))
    if missing and all(part.value == 0 for part in known):
        return Cost(value=None, low=None, high=None, missing=missing)
    return Cost(
        value=sum(part.value for part in known if part.value is not None),
        low=sum(part.low for part in known if part.low is not None),
        high=sum(part.high for part in known if part.high is not None),
        evidence=tuple(dict.fromkeys(e for part in known for e in part.evidence)),
        sources=tuple(dict.fromkeys(s for part in known for s in part.sources)),
        missing=missing,
    )


def dynamic_energy(
    hardware: Hardware, counts: NDArray[np.floating], neuron_updates: float
) -> Mapping[str, Cost]:
    """Return the energy in joules of `counts`, by component.

    Parameters
    ----------
    counts : mean counts of one inference, (count,).
    neuron_updates : neurons visited; those that are not active are charged as inactive.
    """
    energies = hardware.energy_j
    idle = neuron_updates - float(counts[Count.NEURON_UPDATES_ACTIVE])
    parts = {
        component: [term(name, energies.get(name), float(counts[column])) for name, column in terms]
        for component, terms in _TERMS.items()
    }
    parts["neuron"].append(term("neuron_inactive", energies.get("neuron_inactive"), idle))
    return {component: total(costs) for component, costs in parts.items()}
