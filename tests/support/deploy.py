"""A Model on cpu-emu, and the same on the reference, side by side."""

import numpy as np

from neurodeploy.deployment.deployment import Deployment
from neurodeploy.deployment.host import InputCoding
from neurodeploy.frontends.samples import samples_of
from neurodeploy.frontends.stimulus import stimulus_for
from neurodeploy.hardware.toml_file import load_chip
from neurodeploy.lowering.lower import lower
from neurodeploy.model import Model
from neurodeploy.placement.place import place
from neurodeploy.program import Program
from neurodeploy.program.reference import simulate
from neurodeploy.target import Run, RunOptions, Stimulus
from neurodeploy_cpu_emu.target import TARGET


def deployed(
    model: Model, coding: InputCoding = InputCoding.ENCODED, chip: str = "loihi2"
) -> Deployment:
    hardware = load_chip(chip)
    lowered = lower(model, ranges=hardware.ranges, coding=coding)
    return Deployment(
        target="cpu-emu",
        program=lowered.program,
        hardware=hardware,
        placement=place(lowered.program, hardware),
        coding=coding,
        model=model,
        quantisation=lowered.quantisation,
        host=lowered.host,
    )


def stimulus_of(deployment: Deployment, x: np.ndarray) -> Stimulus:
    return stimulus_for(deployment, samples_of(x, None, "the test's array"))


def run(deployment: Deployment, stimulus: Stimulus) -> Run:
    """Run on cpu-emu, recording everything."""
    names = frozenset(p.name for p in deployment.program.populations)
    return next(iter(TARGET.run(deployment, [stimulus], RunOptions(record=names))))


def assert_equals_reference(program: Program, stimulus: Stimulus, run_: Run) -> None:
    """Check spikes, u and v of every population at every step of every sample."""
    for i in range(run_.n_samples):
        given = {name: x[i] for name, x in stimulus.x.items()}
        trace = simulate(program, given, run_.n_steps)
        for population in program.populations:
            name, flat = population.name, (run_.n_steps, population.size)
            np.testing.assert_array_equal(run_.rasters[name][i], trace.outputs[name].reshape(flat))
            np.testing.assert_array_equal(run_.currents[name][i], trace.u[name].reshape(flat))
            np.testing.assert_array_equal(run_.voltages[name][i], trace.v[name].reshape(flat))
