"""Reports of all sizes: one core and three layers, sixty layers, 128 cores."""

import dataclasses
import functools
import itertools

import numpy as np

from neurodeploy import toolchain
from neurodeploy.machine.links import Direction
from neurodeploy.model import Conv2d, If, Input, Model, Output, Population, Projection
from neurodeploy.report.build import build_report
from neurodeploy.report.report import Report
from neurodeploy.target import Run, RunOptions
from neurodeploy.terms import Reset
from support.deploy import deployed, stimulus_of
from support.models import dense_if_model, input_spikes

SIZES = ("one_core", "sixty_layers", "many_cores")


@functools.cache
def report_of(size: str, workers: int = 1) -> Report:
    """Return the report named by one of `SIZES`."""
    rng = np.random.default_rng(5)
    if size == "many_cores":
        model, chip, n_samples, n_steps = _conv_model(rng), "loihi1", 3, 4
    else:
        sizes = (40, *[48] * 59, 10) if size == "sixty_layers" else (20, 30, 20, 10)
        model, chip, n_samples, n_steps = dense_if_model(rng, sizes=sizes), "loihi2", 60, 12
    deployment = deployed(model, chip=chip)
    stimulus = stimulus_of(deployment, input_spikes(rng, n_samples, n_steps, model.inputs[0].shape))
    options = RunOptions(workers=workers)
    run = toolchain.run(deployment, stimulus, options)
    if size == "many_cores":
        run = with_times_and_links(run, deployment.placement.n_cores)
    return build_report(deployment, stimulus, run, options.fidelity)


def with_times_and_links(run: Run, n_cores: int) -> Run:
    """Return `run` with working times of cores and messages on links that nothing computed.

    They differ from core to core and from link to link, so that a page that confuses two shows.
    """
    assert run.ticks is not None
    steps = np.arange(1, run.n_steps + 1)[:, None, None]
    cores = np.arange(1, n_cores + 1)[None, :, None]
    first = steps * cores * np.array([3, 5])
    links = np.arange(8 * 4 * 4).reshape(4, 8, 4) * run.n_samples
    links[:, -1, Direction.EAST] = links[:, 0, Direction.WEST] = 0
    links[-1, :, Direction.NORTH] = links[0, :, Direction.SOUTH] = 0
    ticks = run.ticks.copy()
    ticks[1, 0] = np.maximum(ticks[1, 0], first.max(axis=(1, 2)))
    return dataclasses.replace(
        run,
        ticks=np.maximum.accumulate(ticks, axis=0),
        core_ticks=first.sum(axis=0) * run.n_samples,
        first_core_ticks=first,
        link_messages=links,
    )


def _conv_model(rng: np.random.Generator) -> Model:
    """Four convolutions of 8 channels of 40 x 40 neurons, 32 cores each."""
    names = ["input", "edges", "corners", "parts", "wholes"]
    return Model(
        inputs=(Input(name="input", shape=(8, 40, 40)),),
        populations=tuple(
            Population(
                name=name,
                shape=(8, 40, 40),
                neuron=If(r=np.full((), 1e4), v_threshold=np.full((), 1.0)),
                reset=Reset.ZERO,
            )
            for name in names[1:]
        ),
        projections=tuple(
            Projection(
                name=f"to_{target}",
                sources=(source,),
                target=target,
                chain=(
                    Conv2d(
                        weight=rng.normal(0.05, 0.2, (8, 8, 3, 3)),
                        bias=np.zeros(8),
                        padding=(1, 1),
                    ),
                ),
            )
            for source, target in itertools.pairwise(names)
        ),
        outputs=(Output(population=names[-1]),),
        dt_s=1e-4,
    )
