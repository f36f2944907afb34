"""A deployment on samples that follow each other through its layers."""

from collections.abc import Iterator

import numpy as np

from neurodeploy.deployment.deployment import Deployment
from neurodeploy.errors import InputError
from neurodeploy.machine.fidelity import Fidelity
from neurodeploy.machine.stream import Alone
from neurodeploy.report.stream import StreamCost, bench_of, stream_costs
from neurodeploy.target import Run, RunOptions, Stimulus, merge
from neurodeploy.target.registry import find_target

N_SAMPLES = 16
"""Samples that are woven unless told otherwise."""


def stream(
    deployment: Deployment, stimulus: Stimulus, n_samples: int = N_SAMPLES
) -> tuple[StreamCost, ...]:
    """Return what the first `n_samples` of `stimulus` cost as a stream, without and with exit.

    Raises
    ------
    InputError
        If the deployment has no exit policy or the chip cannot overlap samples (ND2842).
    """
    if deployment.exit_policy is None:
        raise InputError(
            "ND2842",
            "the deployment has no exit policy; choose one: neurodeploy exit BUILD --data DATA "
            "--target-accuracy-drop 0.3",
        )
    bench = bench_of(deployment)
    parts = list(_parts(stimulus, n_samples))
    target = find_target(deployment.target)
    stopped = merge(list(target.run(deployment, parts, RunOptions(fidelity=Fidelity.L0))))
    names = frozenset(population.name for population in deployment.program.populations)
    options = RunOptions(record=names, fidelity=Fidelity.L3)
    whole = target.run(deployment.without_exit, parts, options)
    samples = [_alone(part, run) for part, run in zip(parts, whole, strict=True)]
    assert stopped.checks is not None  # a run with a policy tells of them
    return stream_costs(bench, samples, stopped.steps_used.tolist(), stopped.checks.tolist())


def _parts(stimulus: Stimulus, n_samples: int) -> Iterator[Stimulus]:
    for k in range(min(n_samples, stimulus.n_samples)):
        x = {name: values[k : k + 1] for name, values in stimulus.x.items()}
        yield Stimulus(x=x, coder=stimulus.coder)


def _alone(stimulus: Stimulus, run: Run) -> Alone:
    """Return the one sample of `run`, in the fewest bytes that hold its values."""
    inputs = {}
    for name, x in stimulus.x.items():
        values = x[0].reshape(stimulus.n_steps, -1)
        inputs[name] = np.zeros((run.n_steps, values.shape[1]), np.int32)
        inputs[name][: stimulus.n_steps] = values
    rasters = {name: values[0].astype(np.int32) for name, values in run.rasters.items()}
    active = {name: values[0].astype(np.uint8) for name, values in (run.active or {}).items()}
    return Alone(rasters={**inputs, **rasters}, active=active, n_steps=run.n_steps)
