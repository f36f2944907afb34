"""Which neurons SANA-FE can move by itself, and which it can only replay.

Its neuron adds its input to a voltage, which it first multiplies by a constant and truncates to
1/64, compares strictly, and resets to a value, by the threshold, or not at all: what a Program
means where the current is forgotten in each step. It knows no number widths: nothing wraps or
saturates.
"""

from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from neurodeploy.errors import DoesNotCompile
from neurodeploy.program import Dense, Direct, Population, Program, Projection, Sparse
from neurodeploy.terms import Reset

Rasters = Mapping[str, NDArray[np.integer]]
"""What inputs and replayed populations send in one sample: integers (step, neuron) by name."""

FORGOTTEN_DU = 4095
RESETS = {Reset.ZERO: "hard", Reset.SUBTRACT: "soft", Reset.NONE: "none"}


def format_of(projection: Projection) -> str:
    """Return the synapse format of a weighted projection: ``dense``, ``sparse`` or ``conv``."""
    match projection.operator:
        case Dense():
            return "dense"
        case Sparse():
            return "sparse"
        case _:
            return "conv"


def replayed(program: Program, *, everything: bool) -> frozenset[str]:
    """Return the populations that SANA-FE can only replay: all, or those the host drives."""
    driven = {p.target for p in program.projections if isinstance(p.operator, Direct)}
    return frozenset(p.name for p in program.populations if everything or p.name in driven)


def check(program: Program, replays: frozenset[str]) -> None:
    """Refuse what neither SANA-FE's dynamics nor a replay can express.

    Raises
    ------
    DoesNotCompile
        With every reason (ND3301).
    """
    problems = [
        *(line for p in program.projections for line in _wiring(program, p)),
        *(line for p in program.populations for line in _synapse_unit(program, p)),
        *(
            f"{line}; replay recorded spikes instead (--replay)"
            for p in program.populations
            if p.name not in replays
            for line in _dynamics(program, p)
        ),
    ]
    if problems:
        raise DoesNotCompile("ND3301", *problems)


def _wiring(program: Program, projection: Projection) -> Iterator[str]:
    where = f"sana-fe: projection {projection.name!r}"
    inputs = {node.name for node in program.inputs}
    if isinstance(projection.operator, Direct) and not set(projection.sources) <= inputs:
        yield f"{where} has no weights and joins populations; SANA-FE knows weighted edges only"
    if projection.graded:
        yield f"{where} carries graded payloads; SANA-FE's spikes carry none"
    if len(projection.sources) > 1 and not isinstance(projection.operator, Direct):
        yield (
            f"{where} sums {len(projection.sources)} sources before its weights; "
            "SANA-FE weights each source's spike by itself"
        )


def _synapse_unit(program: Program, population: Population) -> Iterator[str]:
    weighted = [
        p for p in program.projections_to(population.name) if not isinstance(p.operator, Direct)
    ]
    formats = sorted({format_of(p) for p in weighted})
    if len(formats) > 1:
        yield (
            f"sana-fe: population {population.name!r} has {' and '.join(formats)} synapses; "
            "SANA-FE's file names one synapse unit a neuron"
        )
    if not population.spiking and program.projections_from(population.name):
        yield (
            f"sana-fe: population {population.name!r} sends its voltage on; "
            "SANA-FE's neurons send spikes only"
        )
    if population.vth_low is not None:
        yield (
            f"sana-fe: population {population.name!r} also sends -1; SANA-FE's spikes have no sign"
        )


def _dynamics(program: Program, population: Population) -> Iterator[str]:
    where = f"sana-fe: population {population.name!r}"
    if population.du.min(initial=FORGOTTEN_DU) != FORGOTTEN_DU:
        yield (
            f"{where} keeps a current (du from {population.du.min()}); SANA-FE's decays without "
            f"Loihi's truncation, so du must be {FORGOTTEN_DU}"
        )
    if population.spiking and population.reset not in RESETS:
        allowed = ", ".join(RESETS)
        yield f"{where} resets by {population.reset}; SANA-FE knows {allowed}"
    if population.u0.any() or population.v0.any():
        yield f"{where} starts from a state that is not 0; SANA-FE's first step treats it otherwise"
    if population.clear_interval:
        yield f"{where} clears its state every {population.clear_interval} steps; SANA-FE cannot"
    if population.t_start and population.bias.any():
        yield (
            f"{where} has a bias and starts at step {population.t_start}; "
            "SANA-FE's biases count from the first step"
        )
    for projection in program.projections_to(population.name):
        yield from _arrival(program, population, projection)


def _arrival(program: Program, population: Population, projection: Projection) -> Iterator[str]:
    where = f"sana-fe: projection {projection.name!r}"
    if isinstance(projection.operator, Direct):
        return
    if projection.max_delay_steps > 1:
        yield f"{where} has a delay of {projection.max_delay_steps} steps; SANA-FE's is always 1"
    if projection.weight_exp < 0:
        yield (
            f"{where} rounds its sums (exponent {projection.weight_exp}); "
            "SANA-FE adds each weight by itself"
        )
    starts = {p.name: p.t_start for p in program.populations}
    earliest = min(starts.get(source, 0) for source in projection.sources) + 1
    if earliest < population.t_start:
        yield (
            f"{where} can arrive at step {earliest}, before {population.name!r} starts at step "
            f"{population.t_start}; SANA-FE's neurons take every arrival"
        )
