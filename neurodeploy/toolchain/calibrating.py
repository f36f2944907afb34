"""Calibration data: what it makes every neuron of a deployment do."""

from dataclasses import replace

import numpy as np

from neurodeploy.deployment.deployment import Deployment
from neurodeploy.deployment.placement import Placement, Slice
from neurodeploy.frontends.samples import Samples
from neurodeploy.frontends.stimulus import stimulus_for
from neurodeploy.machine.fidelity import Fidelity
from neurodeploy.placement import (
    Activity,
    PlacementRow,
    RefusedPlacement,
    compare_placements,
    every_step,
)
from neurodeploy.program import Program
from neurodeploy.target import RunOptions, merge
from neurodeploy.target.registry import find_target

_EMULATOR = "cpu-emu"
"""What counts spikes: every target's are the same, and this one needs nothing installed."""


def activity_on(deployment: Deployment, samples: Samples | None) -> Activity:
    """Return how often everything sends on `samples`, or what is assumed without any.

    The deployment's placement does not matter: where a neuron lies changes no spike. A population
    that sends its voltage is taken to send in every step.
    """
    program = deployment.program
    if samples is None:
        return every_step(program)
    stimulus = stimulus_for(deployment, samples)
    on_one_core = replace(deployment.without_exit, placement=on_one_core_of(program))
    options = RunOptions(fidelity=Fidelity.L0)
    run = merge(list(find_target(_EMULATOR).run(on_one_core, [stimulus], options)))
    n_steps = run.n_samples * run.n_steps
    given = {name: np.count_nonzero(x, axis=(0, 1)).ravel() for name, x in stimulus.x.items()}
    voltages = {p.name: np.full(p.size, n_steps) for p in program.populations if not p.spiking}
    return Activity(
        spikes={**given, **voltages, **run.spikes_per_neuron},
        n_steps=n_steps,
        origin=f"measured on {run.n_samples} samples of {samples.where}",
    )


def compare_on(
    deployment: Deployment, samples: Samples | None
) -> tuple[PlacementRow | RefusedPlacement, ...]:
    """Return what each strategy makes of `deployment`, for its activity on `samples`."""
    activity = activity_on(deployment, samples)
    return compare_placements(deployment.program, deployment.hardware, activity)


def on_one_core_of(program: Program) -> Placement:
    """Return `program` on one core that holds everything: a bench, no chip."""
    slices = tuple(
        Slice(population=population.name, core=0, start=0, stop=population.size)
        for population in program.populations
    )
    return Placement(strategy="one core", slices=slices, tiles=((0, 0),), usage=({},))
