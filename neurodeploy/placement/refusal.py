"""Why a program does not fit a chip, one line a reason."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from neurodeploy.deployment.placement import Slice, Usage
from neurodeploy.hardware import Hardware
from neurodeploy.placement.afferents import Afferents, load
from neurodeploy.placement.cut import Range, smallest
from neurodeploy.placement.limits import (
    AXONS_IN,
    AXONS_OUT,
    NEURONS,
    SYNAPSE_BYTES,
    Load,
    exceeded,
    known_limit,
)
from neurodeploy.program.program import Program

_NOUNS = {
    NEURONS: "neurons",
    SYNAPSE_BYTES: "bytes of synapses",
    AXONS_IN: "arriving axons",
    AXONS_OUT: "leaving axons",
}
_REMEDIES = {
    NEURONS: "flatten the layer, or make its rows shorter",
    SYNAPSE_BYTES: "prune or pool its inputs, or share weights in a convolution",
    AXONS_IN: "prune or pool its inputs",
    AXONS_OUT: "make the layers that it drives smaller, so that they lie on fewer cores",
}


def too_large(
    program: Program,
    hardware: Hardware,
    ranges: Mapping[str, tuple[Range, ...]],
    afferents: Mapping[str, Afferents],
    limits: Load,
) -> Iterator[str]:
    """Name each population of which a single neuron, or row, is more than a core holds."""
    for population in program.populations:
        covered = ranges[population.name][-1][1] if ranges[population.name] else 0
        if covered == population.size:
            continue
        unit = smallest(population)
        incoming = tuple(afferents[p.name] for p in program.projections_to(population.name))
        asked = load(incoming, covered, covered + unit)
        what = "one neuron" if unit == 1 else f"one row of {unit} neurons"
        for name in exceeded(asked, limits):
            yield (
                f"{hardware.name}: population {population.name!r}: {what} takes {asked[name]} "
                f"{_NOUNS[name]}, a core holds {limits[name]}; {_REMEDIES[name]}"
            )


def too_many_axons_out(
    hardware: Hardware,
    slices: Sequence[Slice],
    used: Sequence[Mapping[str, Usage]],
    limits: Load,
) -> Iterator[str]:
    """Name each core that sends more axons than it can, however far it is spread."""
    for core, counts in enumerate(used):
        n_axons = counts[AXONS_OUT].used
        if exceeded({AXONS_OUT: n_axons}, limits):
            names = sorted({part.population for part in slices if part.core == core})
            yield (
                f"{hardware.name}: core {core} with {', '.join(map(repr, names))}: {n_axons} "
                f"{_NOUNS[AXONS_OUT]}, a core holds {limits[AXONS_OUT]}; {_REMEDIES[AXONS_OUT]}"
            )


def too_many_cores(hardware: Hardware, slices: Sequence[Slice]) -> Iterator[str]:
    """Say how many cores and chips the placement takes, and which layers take the most."""
    limit = known_limit(hardware, "cores")
    cores = {part.core for part in slices}
    if limit is None or len(cores) <= limit:
        return
    by_layer = Counter(name for name, _ in {(part.population, part.core) for part in slices})
    largest = ", ".join(f"{name!r} on {n}" for name, n in _most(by_layer))
    yield (
        f"{hardware.name}: the network takes {len(cores)} cores, which is "
        f"{-(-len(cores) // limit)} chips; one chip has {limit}; "
        f"shrink or prune the largest layers: {largest}"
    )


def _most(by_layer: Counter[str]) -> list[tuple[str, int]]:
    """Return the three layers on the most cores, equal ones by name."""
    return sorted(by_layer.items(), key=lambda item: (-item[1], item[0]))[:3]
