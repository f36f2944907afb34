"""What a chip's page knows, and what a report of that chip will therefore be able to say."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from neurodeploy.hardware.hardware import Arithmetic, Hardware
from neurodeploy.hardware.quantity import Evidence, Quantity


@dataclass(frozen=True, slots=True, kw_only=True)
class Knowledge:
    """Figures of one table of the page: how many are known, only assumed, and unknown."""

    table: str
    known: int
    assumed: int
    unknown: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PageCheck:
    """Knowledge by table, and one line for each thing that a report will say or lack."""

    knowledge: tuple[Knowledge, ...]
    says: tuple[str, ...]
    missing: tuple[str, ...]


def check_page(hardware: Hardware) -> PageCheck:
    """Return what the page of `hardware` knows."""
    tables = {
        "limits": hardware.limits,
        "core_limits": {
            f"{core}.{name}": figure
            for core, limits in hardware.core_limits
            for name, figure in limits.items()
        },
        "latency": hardware.latency_s,
        "sync": {str(tiles): figure for tiles, figure in hardware.sync_s},
        "energy": hardware.energy_j,
        "power": hardware.power_w,
    }
    knowledge = tuple(_knowledge(name, figures) for name, figures in tables.items() if figures)
    return PageCheck(knowledge=knowledge, says=_says(hardware), missing=_missing(hardware))


def _knowledge(table: str, figures: Mapping[str, Quantity]) -> Knowledge:
    kinds = Counter(figure.evidence for figure in figures.values())
    unknown, assumed = kinds[Evidence.UNKNOWN], kinds[Evidence.ASSUMED]
    return Knowledge(
        table=table, known=len(figures) - assumed - unknown, assumed=assumed, unknown=unknown
    )


def _says(hardware: Hardware) -> tuple[str, ...]:
    arithmetic = hardware.arithmetic is Arithmetic.LOIHI
    lines = [
        "accuracy: exact, in the chip's integers"
        if arithmetic
        else "accuracy: modelled, because the chip's own arithmetic is not"
    ]
    binding = [
        name
        for name, figure in hardware.limits.items()
        if figure.known and figure.evidence is not Evidence.ASSUMED
    ]
    lines.append(f"limits that refuse a network: {', '.join(binding) or 'none'}")
    lines.append(f"energy: {_energy(hardware)}")
    lines.append(f"time: {_time(hardware)}")
    return tuple(lines)


def _energy(hardware: Hardware) -> str:
    if hardware.all_in:
        return "one all-in figure for each synaptic operation, at its own operating point"
    if not any(figure.known for figure in hardware.energy_j.values()):
        return "nothing"
    lacking = _unknown({**hardware.energy_j, **hardware.power_w})
    return "a lower bound, in every part that is known" if lacking else "every part of it"


def _time(hardware: Hardware) -> str:
    figures = {**hardware.latency_s, "sync": hardware.sync_s[0][1]}
    if not any(figure.known for figure in figures.values()):
        return "nothing"
    return "a lower bound, in every part that is known" if _unknown(figures) else "every part of it"


def _missing(hardware: Hardware) -> tuple[str, ...]:
    energies = {} if hardware.all_in else {**hardware.energy_j, **hardware.power_w}
    sync = {f"sync of {tiles} tiles": figure for tiles, figure in hardware.sync_s}
    parts = (
        ("limits", hardware.limits),
        ("energy and power", energies),
        ("time", {**hardware.latency_s, **sync}),
    )
    return tuple(
        f"{what}: {', '.join(names)}" for what, figures in parts if (names := _unknown(figures))
    )


def _unknown(figures: Mapping[str, Quantity]) -> list[str]:
    return [name for name, figure in figures.items() if not figure.known]
