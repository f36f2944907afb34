"""Which counts of a program's network are more than a chip has, whatever its arithmetic."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from neurodeploy.hardware.hardware import Hardware
from neurodeploy.hardware.quantity import Evidence
from neurodeploy.hardware.violation import Violation
from neurodeploy.program.fan_out import fan_out
from neurodeploy.program.operator import Direct
from neurodeploy.program.program import Population, Program


def size_violations(program: Program, hardware: Hardware) -> tuple[Violation, ...]:
    """Return every count that is above a known limit of the chip; assumed limits refuse nothing."""
    return (
        *_of_network(program, hardware),
        *(
            violation
            for population in program.populations
            for violation in _of_population(program, population, hardware)
        ),
    )


def _of_network(program: Program, hardware: Hardware) -> Iterator[Violation]:
    outputs = _read(program)
    sizes = {population.name: population.size for population in program.populations}
    counts = {
        "inputs": (sum(int(np.prod(node.shape)) for node in program.inputs), "input lines"),
        "outputs": (sum(sizes[name] for name in outputs), "neurons that are read out"),
        "hidden_neurons": (
            sum(size for name, size in sizes.items() if name not in outputs),
            "neurons that are not read out",
        ),
    }
    for name, (found, noun) in counts.items():
        limit = binding(hardware, name)
        if limit is not None and found > limit:
            yield Violation(
                where=f"{hardware.name}: network",
                found=f"{found} {noun}",
                allowed=f"at most {limit}",
                remedy=_REMEDIES[name],
            )


_REMEDIES = {
    "inputs": "pool or bin the input to fewer lines, or choose a larger chip",
    "outputs": "read out fewer neurons, or choose a larger chip",
    "hidden_neurons": "make the layers smaller, or choose a larger chip",
}


def _of_population(
    program: Program, population: Population, hardware: Hardware
) -> Iterator[Violation]:
    where = f"{hardware.name}: population {population.name!r}"
    most = binding(hardware, "fan_out_per_neuron")
    if most is not None:
        found = int(_fan_out(program, population).max(initial=0))
        if found > most:
            yield Violation(
                where=where,
                found=f"a neuron drives {found} synapses onto neurons that are not read out",
                allowed=f"at most {most}",
                remedy="prune its weights, or make the next layer smaller",
            )
    most = binding(hardware, "destinations_per_population")
    targets = sorted({p.target for p in program.projections_from(population.name)})
    if most is not None and len(targets) > most:
        yield Violation(
            where=where,
            found=f"it sends to {len(targets)} populations: {', '.join(targets)}",
            allowed=f"at most {most}",
            remedy="let it send to fewer, or join them",
        )


def binding(hardware: Hardware, name: str) -> int | None:
    """Return a limit that refuses: one that is known, and not only assumed."""
    quantity = hardware.limits.get(name)
    if quantity is None or quantity.value is None or quantity.evidence is Evidence.ASSUMED:
        return None
    return int(quantity.value)


def _fan_out(program: Program, population: Population) -> NDArray[np.int64]:
    """Count the weights that are not 0 by which each neuron reaches neurons not read out."""
    total = np.zeros(population.size, np.int64)
    outputs = _read(program)
    for projection in program.projections_from(population.name):
        if isinstance(projection.operator, Direct) or projection.target in outputs:
            continue
        n_targets = program.population(projection.target).size
        total += fan_out(projection.operator, 0, n_targets, effective=True)
    return total


def _read(program: Program) -> frozenset[str]:
    return frozenset(output.population for output in program.outputs)
