"""Counts times a chip's page of costs: energy by component, each with low, nominal and high."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypedDict

import numpy as np
from numpy.typing import NDArray

from neurodeploy.hardware import Evidence, Hardware, Quantity
from neurodeploy.machine.counts import Count

_TERMS: Mapping[str, tuple[tuple[str, tuple[Count, ...]], ...]] = {
    "synapse": (
        ("synapse_dense", (Count.SYNOPS_DENSE,)),
        ("synapse_sparse", (Count.SYNOPS_SPARSE,)),
        ("synapse_conv", (Count.SYNOPS_CONV,)),
    ),
    "dendrite": (("dendrite", (Count.SYNOPS_DENSE, Count.SYNOPS_SPARSE, Count.SYNOPS_CONV)),),
    "update": (("neuron_update", (Count.NEURON_UPDATES_ACTIVE,)),),
    "spike": (("spike_out", (Count.SPIKES,)),),
    "axon_out": (("axon_out", (Count.MESSAGES_OUT,)),),
    "axon_in": (("axon_in", (Count.MESSAGES_IN,)),),
    "hop_ew": (("hop_ew", (Count.HOPS_EW,)),),
    "hop_ns": (("hop_ns", (Count.HOPS_NS,)),),
}

COMPONENTS = ("synapse", "dendrite", "access", *tuple(_TERMS)[2:], "host", "barrier")
"""The dynamic components of energy, in the order in which a report lists them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """A sum of modelled terms; `missing` names those whose figure the chip's page leaves unknown.

    `value` None says that not one term is known, or, where nothing is missing either, that the
    chip's all-in figure of a synaptic operation includes it.
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


class _Origins(TypedDict):
    evidence: tuple[Evidence, ...]
    sources: tuple[str, ...]
    missing: tuple[str, ...]


NOTHING = Cost(value=0.0, low=0.0, high=0.0)
INCLUDED = Cost(value=None, low=None, high=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What one inference does, mean over samples.

    Parameters
    ----------
    counts : (count,), of one layer or of the whole chip.
    neuron_updates : neurons visited.
    host_in, host_out : values that the host writes to the chip and reads from it.
    n_steps : steps, each with its barrier; 0 for a part of the chip.
    """

    counts: NDArray[np.floating]
    neuron_updates: float
    host_in: float = 0.0
    host_out: float = 0.0
    n_steps: float = 0.0


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


def product(first: Cost, second: Cost) -> Cost:
    """Return the product of two known costs; the interval's ends are multiplied."""
    if first.value is None or first.low is None or first.high is None:
        return first
    if second.value is None or second.low is None or second.high is None:
        return second
    return Cost(
        value=first.value * second.value,
        low=first.low * second.low,
        high=first.high * second.high,
        **_origins(first, second),
    )


def quotient(dividend: Cost, divisor: Cost, name: str) -> Cost:
    """Return a cost over another; the interval's ends are paired so that it holds both.

    What is divided by may not lack a term: the quotient would be no lower bound.

    Parameters
    ----------
    name : of the divisor, for where it is not known or can be 0.
    """
    if dividend.value is None or dividend.low is None or dividend.high is None:
        return dividend
    if divisor.missing or not divisor.value or not divisor.low or not divisor.high:
        return Cost(value=None, low=None, high=None, missing=divisor.missing or (name,))
    return Cost(
        value=dividend.value / divisor.value,
        low=dividend.low / divisor.high,
        high=dividend.high / divisor.low,
        **_origins(dividend, divisor),
    )


def _origins(first: Cost, second: Cost) -> _Origins:
    return {
        "evidence": tuple(dict.fromkeys((*first.evidence, *second.evidence))),
        "sources": tuple(dict.fromkeys((*first.sources, *second.sources))),
        "missing": tuple(dict.fromkeys((*first.missing, *second.missing))),
    }


def dynamic_energy(hardware: Hardware, work: Work) -> Mapping[str, Cost]:
    """Return the energy in joules of `work`, by component.

    Every neuron visited costs an access; one that is active costs an update on top. Where the
    chip's figure of a synaptic operation is all-in, nothing is added to it.
    """
    energies = hardware.energy_j
    parts = {
        component: total(
            term(name, energies.get(name), float(work.counts[list(columns)].sum()))
            for name, columns in terms
        )
        for component, terms in _TERMS.items()
    }
    parts["access"] = term("neuron_access", energies.get("neuron_access"), work.neuron_updates)
    parts["host"] = total(
        term(name, energies.get(name), amount)
        for name, amount in (("host_in", work.host_in), ("host_out", work.host_out))
    )
    parts["barrier"] = term("barrier", energies.get("barrier"), work.n_steps)
    if hardware.all_in:
        parts = {name: parts[name] if name == "synapse" else INCLUDED for name in parts}
    return {name: parts[name] for name in COMPONENTS}
