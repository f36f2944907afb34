"""Which populations Lava's own LIF computes exactly, and which need our own neurons."""

import numpy as np

from neurodeploy.program import Population, Program
from neurodeploy.terms import Reset

NEVER = 1 << 62


def stock_lif(program: Program) -> frozenset[str]:
    """Return the names of the populations that Lava's LIF computes exactly."""
    arrival = first_arrivals(program)
    return frozenset(p.name for p in program.populations if not reasons_against(p, arrival[p.name]))


def reasons_against(population: Population, arrival: int) -> tuple[str, ...]:
    """Return what LIF cannot do of `population`, whose input arrives at step `arrival` or later."""
    per_neuron = [n for n in ("du", "dv", "vth") if np.unique(getattr(population, n)).size > 1]
    found = {
        "a readout that sends v": not population.spiking,
        f"reset {population.reset.value}": population.reset is not Reset.ZERO,
        "v_reset other than 0": bool(population.v_reset.any()),
        "spikes of both signs": population.vth_low is not None,
        "states cleared at an interval": population.clear_interval > 0,
        f"{', '.join(per_neuron)} of each neuron": bool(per_neuron),
        f"a start at step {population.t_start}": _moves_before(population, arrival),
    }
    return tuple(reason for reason, holds in found.items() if holds)


def first_arrivals(program: Program) -> dict[str, int]:
    """Return the first step in which each population's input may be other than 0.

    Sources that fire of themselves count from their start, inputs from step 0; a delay adds up.
    """
    earliest = {node.name: 0 for node in program.inputs}
    earliest |= {p.name: p.t_start if _restless(p) else NEVER for p in program.populations}
    arrival = {p.name: NEVER for p in program.populations}
    for _ in range(len(program.nodes) + 1):
        for projection in program.projections:
            delay = int(np.min(projection.delay_steps, initial=projection.max_delay_steps))
            reached = min(earliest[source] for source in projection.sources) + delay
            target = program.population(projection.target)
            arrival[target.name] = min(arrival[target.name], reached)
            starts = max(arrival[target.name], target.t_start)
            earliest[target.name] = min(earliest[target.name], starts)
    return arrival


def _moves_before(population: Population, arrival: int) -> bool:
    """Say whether a neuron without a start of its own would do something before `t_start`."""
    return population.t_start > 0 and (_restless(population) or arrival < population.t_start)


def _restless(population: Population) -> bool:
    """Say whether the population has state, bias or thresholds that move or fire without input."""
    moved = population.bias.any() or population.u0.any() or population.v0.any()
    low = population.vth_low
    fires = (population.vth < 0).any() or (low is not None and (low > 0).any())
    return bool(moved or fires)
