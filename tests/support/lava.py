"""Lava's environment for tests, Programs as Lava can hold them, and what it computes of them."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from neurodeploy.program import Dense, Operator, Program, Sparse
from neurodeploy.program.fixed_point import stored_mantissa
from neurodeploy.program.reference import Trace, simulate
from neurodeploy_loihi_sim.client import Limits, compute
from neurodeploy_loihi_sim.environment import LavaEnvironment
from neurodeploy_loihi_sim.job import Network, Recording
from neurodeploy_loihi_sim.mapping import layout_of

LIMITS = Limits(total_s=500)

Slices = dict[str, tuple[tuple[int, int], ...]]


def lava_python() -> Path:
    """The interpreter of Lava's environment; a test without it skips, and says how to make it."""
    complaint = LavaEnvironment().complaint()
    if complaint is not None:
        pytest.skip(complaint)
    return LavaEnvironment().python()


def as_stored(program: Program) -> Program:
    """The program with dense and sparse mantissas as a core keeps them: Lava clips the others."""

    def stored(operator: Operator) -> Operator:
        if not isinstance(operator, Dense | Sparse):
            return operator
        return replace(operator, mantissa=stored_mantissa(operator.mantissa))

    projections = tuple(replace(p, operator=stored(p.operator)) for p in program.projections)
    return replace(program, projections=projections)


def whole(program: Program) -> Slices:
    return {p.name: ((0, p.size),) for p in program.populations}


def network(
    program: Program, stimulus: dict[str, np.ndarray], n_steps: int, slices: Slices | None = None
) -> Network:
    """The program with samples (sample, step, *shape), everything recorded."""
    layout, slices = layout_of(program), slices or whole(program)
    return Network(
        layout=layout,
        stimulus={layout.key_of(name): x for name, x in stimulus.items()},
        n_samples=len(next(iter(stimulus.values()))),
        n_steps=n_steps,
        record=tuple(layout.key_of(p.name) for p in program.populations),
        starts={
            layout.key_of(name): np.array([start for start, _ in cuts])
            for name, cuts in slices.items()
        },
    )


def computed(networks: Sequence[Network]) -> list[Recording]:
    return compute(lava_python(), networks, LIMITS)


def assert_equals_reference(
    program: Program,
    stimulus: dict[str, np.ndarray],
    n_steps: int,
    found: Recording,
    slices: Slices | None = None,
    where: str = "",
) -> None:
    """Check spikes, u, v and the neurons' counts at every step of every sample."""
    slices = slices or whole(program)
    for i in range(len(next(iter(stimulus.values())))):
        trace = simulate(program, {name: x[i] for name, x in stimulus.items()}, n_steps)
        for population in program.populations:
            _assert_population(population.name, trace, found, i, slices, where)


def _assert_population(
    name: str, trace: Trace, found: Recording, i: int, slices: Slices, where: str
) -> None:
    def flat(values: np.ndarray) -> np.ndarray:
        return values.reshape(len(values), -1)

    def same(got: np.ndarray, wanted: np.ndarray, what: str) -> None:
        np.testing.assert_array_equal(got, wanted, err_msg=f"{where} {what} of {name}, sample {i}")

    same(found.spikes[name][i], flat(trace.outputs[name]), "spikes")
    same(found.u[name][i], flat(trace.u[name]), "u")
    same(found.v[name][i], flat(trace.v[name]), "v")
    active, wraps, saturations = found.counts[name][i].transpose(1, 0, 2)
    busy = flat(trace.active[name])
    by_slice = [busy[:, start:stop].sum(axis=1) for start, stop in slices[name]]
    same(active, np.stack(by_slice, axis=1), "active")
    same(wraps.sum(axis=1), trace.wraps[name], "wraps")
    same(saturations.sum(axis=1), trace.saturations[name], "saturations")
