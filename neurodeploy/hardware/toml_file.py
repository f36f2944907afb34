"""Chip files: TOML, one chip a file, as `chip_schema` describes it; figures in units people use.

Every figure is a table ``{ value, low, high, unit, evidence, source }``; ``source`` gives keys of
the table ``sources``, joined by ``"; "``. The string ``"unknown"`` is a value, and never 0.
"""

import difflib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from neurodeploy.errors import InputError
from neurodeploy.hardware.chip_schema import (
    Check,
    Checks,
    Chip,
    CoreLimits,
    Format,
    Formats,
    Interval,
    Ranges,
)
from neurodeploy.hardware.figure import Figure
from neurodeploy.hardware.hardware import (
    CheckCost,
    Hardware,
    NumberRanges,
    Provenance,
    SynapseFormat,
    Topology,
)
from neurodeploy.hardware.mistakes import mistakes
from neurodeploy.hardware.quantity import Quantity
from neurodeploy.storage.toml_file import read_toml

CHIPS = Path(__file__).parent / "chips"


def load_chip(name_or_path: str) -> Hardware:
    """Return the chip of that name or alias, or the one described by a ``.toml`` file.

    Raises
    ------
    InputError
        If the file cannot be read or is no TOML (ND2501), does not have the form of a chip
        (ND2502, every mistake with its path), or no chip has that name (ND2503).
    """
    return read_chip(page_of(name_or_path))


def page_of(name_or_path: str) -> Path:
    """Return the path of a chip's page, from its name, alias or path; it raises as `load_chip`."""
    if name_or_path.endswith(".toml"):
        return Path(name_or_path)
    names = _names()
    if name_or_path not in names:
        raise InputError("ND2503", _unknown_chip(name_or_path, tuple(names)))
    return names[name_or_path]


def read_page(name_or_path: str) -> dict[str, Any]:
    """Return the tables of a chip's page as they stand there; it raises as `load_chip` does."""
    path = page_of(name_or_path)
    read_chip(path)
    return _parsed(path)


def chip_names() -> tuple[str, ...]:
    """Return the names of the chips that come with neurodeploy, in alphabetical order."""
    return tuple(sorted(path.stem for path in CHIPS.glob("*.toml")))


def read_chip(path: Path) -> Hardware:
    """Return the chip that the file at `path` describes; it raises as `load_chip` does."""
    data = _parsed(path)
    sources = data.get("sources")
    context = {"sources": sources if isinstance(sources, dict) else {}}
    try:
        chip = Chip.model_validate(data, context=context)
    except ValidationError as error:
        raise InputError("ND2502", *mistakes(path, error)) from error
    return _hardware(chip)


def _parsed(path: Path) -> dict[str, Any]:
    return read_toml(path, "ND2501", "; give a chip's name or a TOML file")


def _names() -> dict[str, Path]:
    """Return the path of every chip file, by name and by alias."""
    found: dict[str, Path] = {}
    for name in chip_names():
        path = CHIPS / f"{name}.toml"
        aliases = _parsed(path).get("aliases", [])
        assert isinstance(aliases, list)
        found |= dict.fromkeys([name, *aliases], path)
    return found


def _unknown_chip(name: str, known: tuple[str, ...]) -> str:
    close = difflib.get_close_matches(name, known, n=1)
    hint = f"did you mean {close[0]!r}? " if close else ""
    return (
        f"no chip is called {name!r}; {hint}known are {', '.join(sorted(known))}; "
        "for a chip of your own give the path of its .toml file"
    )


def _hardware(chip: Chip) -> Hardware:
    return Hardware(
        name=chip.name,
        title=chip.title,
        arithmetic=chip.arithmetic,
        tick_ps=chip.tick_ps,
        topology=Topology(**chip.topology.model_dump()),
        ranges=_ranges(chip.ranges),
        limits=_quantities(chip.limits),
        synapse_formats=_formats(chip.synapse_formats),
        latency_s=_quantities(chip.latency),
        sync_s=tuple((entry.tiles, entry.time.quantity()) for entry in chip.sync),
        energy_j=_quantities(chip.energy),
        power_w=_quantities(chip.power),
        sources=chip.sources,
        core_limits=_core_limits(chip.core_limits),
        measured=tuple((entry.what, entry.figure.quantity()) for entry in chip.measured),
        exit_check=_checks(chip.exit_check),
    )


def _checks(table: Checks | None) -> Mapping[str, CheckCost] | None:
    """Return what is known of checks; a page that says "unknown" knows as much as one without."""
    found = {
        where: CheckCost(time_s=check.time.quantity(), energy_j=check.energy.quantity())
        for where, check in (table or ())
        if isinstance(check, Check)
    }
    known = any(cost.time_s.known or cost.energy_j.known for cost in found.values())
    return found if known else None


def _core_limits(entries: list[CoreLimits]) -> tuple[tuple[int, Mapping[str, Quantity]], ...]:
    own = {core: _quantities(entry) for entry in entries for core in entry.cores}
    return tuple(sorted(own.items()))


def _quantities(table: BaseModel) -> Mapping[str, Quantity]:
    return {name: figure.quantity() for name, figure in table if isinstance(figure, Figure)}


def _formats(formats: Formats) -> Mapping[str, SynapseFormat]:
    return {
        name: SynapseFormat(**layout.model_dump())
        for name, layout in formats
        if isinstance(layout, Format)
    }


def _ranges(ranges: Ranges) -> NumberRanges:
    provenance = {
        name: Provenance(evidence=entry.evidence, source=entry.source) for name, entry in ranges
    }
    return NumberRanges(
        weight_bits=ranges.weight_bits.value,
        weight_exp=_pair(ranges.weight_exp),
        du=_pair(ranges.du),
        dv=_pair(ranges.dv),
        vth=_pair(ranges.vth),
        bias_mant=_pair(ranges.bias_mant),
        bias_exp=_pair(ranges.bias_exp),
        state=_pair(ranges.state),
        v_reset=_pair(ranges.v_reset),
        payload=_pair(ranges.payload),
        delay_steps=_pair(ranges.delay_steps),
        resets=tuple(ranges.resets.value),
        per_neuron_parameters=ranges.per_neuron_parameters.value,
        voltage_readout=ranges.voltage_readout.value,
        ternary=ranges.ternary.value,
        clearing=ranges.clearing.value,
        source="; ".join(sorted({n for p in provenance.values() for n in p.source.split("; ")})),
        provenance=provenance,
    )


def _pair(interval: Interval) -> tuple[int, int]:
    return interval.low, interval.high
