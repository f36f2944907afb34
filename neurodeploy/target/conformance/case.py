"""`Case`: one program with one sample, and how random programs and stimuli become one."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from neurodeploy.deployment.exit_policy import ExitPolicy
from neurodeploy.program import Input, Output, Population, Program, Projection
from neurodeploy.terms import Readout

Rng = np.random.Generator
Ints = NDArray[np.int32]
Layer = tuple[Population, list[Projection]]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Case:
    """A program and one sample, and when it may stop.

    `stimulus` holds integers (step, *shape) by input; it may be shorter or longer than `n_steps`.
    """

    kind: str
    seed: int
    program: Program
    stimulus: Mapping[str, Ints]
    n_steps: int
    exit_policy: ExitPolicy | None = None


def program_of(inputs: list[Input], layers: list[Layer]) -> Program:
    """Return the layers as a Program whose last population is read."""
    populations = tuple(population for population, _ in layers)
    last = populations[-1]
    readout = Readout.COUNT if last.spiking else Readout.LAST
    return Program(
        inputs=tuple(inputs),
        populations=populations,
        projections=tuple(p for _, projections in layers for p in projections),
        outputs=(Output(population=last.name, readout=readout),),
    )


def random_steps(rng: Rng, program: Program) -> int:
    """Return a number of steps in which the longest delay can be seen."""
    longest = max(p.max_delay_steps for p in program.projections)
    return int(rng.integers(12, 20)) + (longest if longest > 8 else 0)


def random_stimulus(rng: Rng, node: Input, n_steps: int) -> Ints:
    """Return spikes or payloads (step, *shape), a few steps fewer or more than `n_steps`."""
    shape = (n_steps + int(rng.integers(-4, 3)), *node.shape)
    values = rng.integers(node.low, node.high + 1, shape) if node.graded else 1
    return np.where(rng.random(shape) < rng.uniform(0.2, 0.6), values, 0).astype(np.int32)
