"""`Problem`: what every strategy is given, and what it asks of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from neurodeploy.deployment.placement import Slice, Usage
from neurodeploy.hardware import Hardware
from neurodeploy.placement.afferents import Afferents, all_afferents
from neurodeploy.placement.limits import Load, binding_limits, known_limit
from neurodeploy.placement.usage import usage
from neurodeploy.program.program import Program


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Problem:
    """A program to place on a chip.

    Parameters
    ----------
    afferents : by the name of the projection.
    limits : those of a core that refuse.
    """

    program: Program
    hardware: Hardware
    afferents: Mapping[str, Afferents]
    limits: Load

    @property
    def n_cores(self) -> int | None:
        """Cores of the chip; None where it has no limit, or where that is unknown."""
        return known_limit(self.hardware, "cores")

    def incoming(self, population: str) -> tuple[Afferents, ...]:
        """Return the projections that reach `population`."""
        projections = self.program.projections_to(population)
        return tuple(self.afferents[projection.name] for projection in projections)

    def used(self, slices: Sequence[Slice]) -> tuple[Mapping[str, Usage], ...]:
        """Return what every core uses, counted exactly."""
        return usage(self.program, slices, self.afferents, self.hardware)

    def covers(self, slices: Sequence[Slice]) -> bool:
        """Say whether `slices` hold every neuron."""
        n_neurons = sum(population.size for population in self.program.populations)
        return sum(part.size for part in slices) == n_neurons


def problem_of(program: Program, hardware: Hardware) -> Problem:
    """Return the problem of placing `program`."""
    return Problem(
        program=program,
        hardware=hardware,
        afferents=all_afferents(program, hardware),
        limits=binding_limits(hardware),
    )
