"""Where a neuron lies changes what a spike costs, and no spike."""

from dataclasses import replace

import numpy as np
import pytest
from support.placements import chip
from support.random_programs import KINDS, random_case

from neurodeploy.deployment.deployment import Deployment
from neurodeploy.hardware import Topology
from neurodeploy.machine.counts import HARDWARE_SYNOPS, Count
from neurodeploy.placement import Strategy, place
from neurodeploy.target import Run, RunOptions, Stimulus
from neurodeploy_cpu_emu.target import TARGET

MESH = Topology(mesh_width=4, mesh_height=4, cores_per_tile=2)


def run_placed(kind: str, strategy: Strategy) -> Run:
    case = random_case(kind, 2)
    program = case.program
    n_neurons = sum(population.size for population in program.populations)
    rows = max(p.shape[-1] for p in program.populations)
    most = max(rows, -(-n_neurons // 6))
    hardware = replace(chip(cores=32, neurons_per_core=most), topology=MESH)
    deployment = Deployment(
        target="cpu-emu",
        program=program,
        hardware=hardware,
        placement=place(program, hardware, strategy),
    )
    stimulus = Stimulus(x={name: x[None] for name, x in case.stimulus.items()})
    record = frozenset(population.name for population in program.populations)
    return next(iter(TARGET.run(deployment, [stimulus], RunOptions(record=record))))


@pytest.mark.parametrize("kind", KINDS)
def test_all_strategies_run_to_equal_states_and_work(kind: str) -> None:
    plain, *others = (run_placed(kind, strategy) for strategy in Strategy)
    placement_free = [*HARDWARE_SYNOPS, Count.SPIKES, Count.SYNOPS_EFFECTIVE, Count.MACS]
    for other in others:
        for kept in ("outputs", "rasters", "currents", "voltages", "spikes_per_neuron"):
            for name, values in getattr(plain, kept).items():
                np.testing.assert_array_equal(getattr(other, kept)[name], values)
        np.testing.assert_array_equal(
            other.step_sums.sum(axis=1)[:, placement_free],
            plain.step_sums.sum(axis=1)[:, placement_free],
        )
