"""The figures that an architecture file needs, from a chip's page; an unknown one is refused."""

from collections.abc import Mapping
from dataclasses import dataclass

from neurodeploy.errors import DoesNotCompile
from neurodeploy.hardware import Hardware, Quantity

EVENTS = (
    "dendrite",
    "neuron_access",
    "neuron_update",
    "spike_out",
    "axon_out",
    "axon_in",
    "hop_ew",
    "hop_ns",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Nominal costs by the chip page's names; `sync_s` by the number of tiles in use."""

    energy_j: Mapping[str, float]
    latency_s: Mapping[str, float]
    sync_s: tuple[tuple[int, float], ...]
    link_buffer_messages: int


def figures_of(hardware: Hardware, formats: tuple[str, ...]) -> Figures:
    """Return the figures of a chip, of the synapse `formats` in use.

    Raises
    ------
    DoesNotCompile
        If the page leaves one unknown, or charges everything in one figure (ND3302).
    """
    if hardware.all_in:
        raise DoesNotCompile(
            "ND3302",
            f"{hardware.name}: the page has one all-in figure of energy; SANA-FE adds terms up",
        )
    events = (*EVENTS, *(f"synapse_{name}" for name in formats))
    missing: list[str] = []

    def known(table: Mapping[str, Quantity], name: str, label: str) -> float:
        quantity = table.get(name)
        if quantity is None or quantity.value is None:
            missing.append(label)
            return 0.0
        return quantity.value

    figures = Figures(
        energy_j={name: known(hardware.energy_j, name, f"energy of {name}") for name in events},
        latency_s={name: known(hardware.latency_s, name, f"latency of {name}") for name in events},
        sync_s=_sync(hardware, missing),
        link_buffer_messages=int(
            known(hardware.limits, "link_buffer_messages", "link_buffer_messages")
        ),
    )
    if missing:
        raise DoesNotCompile(
            "ND3302",
            f"{hardware.name}: the chip's page does not know {', '.join(missing)}; SANA-FE needs "
            "every figure: choose a chip that knows them (loihi1-fitted does) or write a page of "
            "your own",
        )
    return figures


def _sync(hardware: Hardware, missing: list[str]) -> tuple[tuple[int, float], ...]:
    table = tuple((n, q.value) for n, q in hardware.sync_s if q.value is not None)
    if not table or len(table) < len(hardware.sync_s):
        missing.append("time of the barrier")
    return table
