"""Chips whose cores differ, or hold few populations: which core takes what."""

from collections.abc import Mapping, Sequence

from neurodeploy.deployment.placement import Slice, Usage
from neurodeploy.hardware import Evidence, Hardware
from neurodeploy.placement.limits import NEURONS, SYNAPSE_BYTES

Loads = Sequence[Mapping[str, Usage]]

POPULATIONS = "populations_per_core"
_OWN = (NEURONS, SYNAPSE_BYTES)
"""The limits of a core that can be its own."""


def apart(slices: Sequence[Slice], hardware: Hardware) -> tuple[Slice, ...]:
    """Return `slices` on as many cores as it takes to keep to the populations that one holds."""
    limit = hardware.limits.get(POPULATIONS)
    if limit is None or limit.value is None or limit.evidence is Evidence.ASSUMED:
        return tuple(slices)
    held: dict[int, list[str]] = {}
    numbers: dict[tuple[int, int], int] = {}
    found = []
    for part in slices:
        names = held.setdefault(part.core, [])
        if part.population not in names:
            names.append(part.population)
        group = names.index(part.population) // int(limit.value)
        core = numbers.setdefault((part.core, group), len(numbers))
        found.append(Slice(population=part.population, core=core, start=part.start, stop=part.stop))
    return tuple(found)


def own_cores(hardware: Hardware, used: Loads, n_cores: int) -> tuple[int | None, ...]:
    """Return which of the chip's cores takes each of those in use; None for one that finds none.

    A matching as large as there is: each core in use tries the chip's cores in order, and moves
    another on where that one has a place elsewhere (Kuhn 1955).
    """
    taken: dict[int, int] = {}
    for core in range(len(used)):
        _find(core, used, hardware, n_cores, taken, set())
    places = {core: place for place, core in taken.items()}
    return tuple(places.get(core) for core in range(len(used)))


def with_own_limits(
    hardware: Hardware, used: Loads, cores: Sequence[int]
) -> tuple[Mapping[str, Usage], ...]:
    """Return `used` with the limits of the cores that take it."""
    return tuple(
        {
            name: Usage(used=entry.used, limit=_limit(hardware, core, name, entry.limit))
            for name, entry in counts.items()
        }
        for counts, core in zip(used, cores, strict=True)
    )


def refusals(
    hardware: Hardware, slices: Sequence[Slice], used: Loads, cores: Sequence[int | None]
) -> list[str]:
    """Say which populations found no core."""
    return [
        f"{hardware.name}: {_names(slices, core)} takes {used[core][NEURONS].used} neurons and "
        f"{used[core][SYNAPSE_BYTES].used} bytes of synapses on one core; no core that is left "
        f"holds both; make the layer smaller, see `neurodeploy chips show {hardware.name}`"
        for core, place in enumerate(cores)
        if place is None
    ]


def _find(
    core: int,
    used: Loads,
    hardware: Hardware,
    n_cores: int,
    taken: dict[int, int],
    tried: set[int],
) -> bool:
    fitting = [place for place in range(n_cores) if _fits(hardware, place, used[core])]
    free = next((place for place in fitting if place not in taken), None)
    if free is not None:
        taken[free] = core
        return True
    for place in fitting:
        if place in tried:
            continue
        tried.add(place)
        if _find(taken[place], used, hardware, n_cores, taken, tried):
            taken[place] = core
            return True
    return False


def _fits(hardware: Hardware, core: int, counts: Mapping[str, Usage]) -> bool:
    limits = {name: _limit(hardware, core, name, counts[name].limit) for name in _OWN}
    return all(limit is None or counts[name].used <= limit for name, limit in limits.items())


def _limit(hardware: Hardware, core: int, name: str, usual: int | None) -> int | None:
    own = hardware.limit_of(core, name)
    return usual if own is None or own.value is None else int(own.value)


def _names(slices: Sequence[Slice], core: int) -> str:
    names = dict.fromkeys(part.population for part in slices if part.core == core)
    return "population " + ", ".join(map(repr, names))
