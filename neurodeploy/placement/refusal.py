"""Why a program does not fit a chip, one line a reason."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from neurodeploy.deployment.placement import Slice, Usage
from neurodeploy.placement.afferents import load
from neurodeploy.placement.cut import smallest
from neurodeploy.placement.limits import (
    AXONS_IN,
    AXONS_OUT,
    NEURONS,
    SYNAPSE_BYTES,
    exceeded,
)
from neurodeploy.placement.problem import Problem

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


def too_large(problem: Problem, slices: Sequence[Slice]) -> Iterator[str]:
    """Name each population of which a single neuron, or row, is more than a core holds."""
    for population in problem.program.populations:
        own = (part.stop for part in slices if part.population == population.name)
        covered = max(own, default=0)
        if covered == population.size:
            continue
        unit = smallest(population)
        asked = load(problem.incoming(population.name), covered, covered + unit)
        where = f"{problem.hardware.name}: population {population.name!r}"
        what = "one neuron" if unit == 1 else f"one row of {unit} neurons"
        for name in exceeded(asked, problem.limits):
            yield (
                f"{where}: {what} takes {asked[name]} "
                f"{_NOUNS[name]}, a core holds {problem.limits[name]}; {_REMEDIES[name]}"
            )


def too_many_axons_out(
    problem: Problem, slices: Sequence[Slice], used: Sequence[Mapping[str, Usage]]
) -> Iterator[str]:
    """Name each core that sends more axons than it can, however far it is spread."""
    limit = problem.limits.get(AXONS_OUT)
    for core, counts in enumerate(used):
        n_axons = counts[AXONS_OUT].used
        if exceeded({AXONS_OUT: n_axons}, problem.limits):
            names = sorted({part.population for part in slices if part.core == core})
            where = f"{problem.hardware.name}: core {core} with {', '.join(map(repr, names))}"
            yield (
                f"{where}: {n_axons} {_NOUNS[AXONS_OUT]}, a core holds {limit}; "
                f"{_REMEDIES[AXONS_OUT]}"
            )


def too_many_cores(problem: Problem, slices: Sequence[Slice]) -> Iterator[str]:
    """Say how many cores and chips the placement takes, and which layers take the most."""
    limit = problem.n_cores
    cores = {part.core for part in slices}
    if limit is None or len(cores) <= limit:
        return
    by_layer = Counter(name for name, _ in {(part.population, part.core) for part in slices})
    largest = ", ".join(f"{name!r} on {n}" for name, n in _most(by_layer))
    yield (
        f"{problem.hardware.name}: the network takes {len(cores)} cores, which is "
        f"{-(-len(cores) // limit)} chips; one chip has {limit}; "
        f"shrink or prune the largest layers: {largest}"
    )


def _most(by_layer: Counter[str]) -> list[tuple[str, int]]:
    """Return the three layers on the most cores, equal ones by name."""
    return sorted(by_layer.items(), key=lambda item: (-item[1], item[0]))[:3]
