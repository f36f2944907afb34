"""Deployments to runs and reports."""

from collections.abc import Callable, Iterable
from dataclasses import replace

import numpy as np

from neurodeploy.deployment.deployment import Deployment
from neurodeploy.errors import InputError
from neurodeploy.frontends.samples import Encoding, Samples, series_of
from neurodeploy.frontends.stimulus import stimulus_for
from neurodeploy.machine.fidelity import Fidelity
from neurodeploy.report.build import build_report
from neurodeploy.report.report import Report
from neurodeploy.target import Run, RunOptions, Stimulus, merge
from neurodeploy.target.registry import find_target
from neurodeploy.toolchain.benchmarking import neurobench
from neurodeploy.toolchain.loading import missing_extra


def stimulus_of(
    deployment: Deployment, samples: Samples, encoding: Encoding | None = None
) -> Stimulus:
    """Return the integers that `deployment` takes for `samples`."""
    return stimulus_for(deployment, samples, encoding)


def run(
    deployment: Deployment,
    stimulus: Stimulus,
    options: RunOptions | None = None,
    *,
    dask: str | None = None,
) -> Run:
    """Run `deployment` on `stimulus` and return its outputs and counts.

    Parameters
    ----------
    dask : address of the scheduler of a Dask cluster that runs the samples; None runs them here.
    """
    options = options or RunOptions()
    if dask is not None:
        return _cluster()(deployment, stimulus, options, dask)
    target = find_target(deployment.target)
    runs: Iterable[Run] = target.run(deployment, [stimulus], options)
    return merge(list(runs))


def profile(
    deployment: Deployment,
    stimulus: Stimulus,
    options: RunOptions | None = None,
    *,
    neurobench_samples: int = 0,
    given: tuple[Samples, Encoding | None] | None = None,
    dask: str | None = None,
) -> Report:
    """Run `deployment` on `stimulus` and return what it did and cost.

    Without `options` its time is simulated event by event (L3). A deployment with an exit policy
    is run once more without it, so that the report can say what stopping early gave.

    Parameters
    ----------
    neurobench_samples : samples of NeuroBench's block; 0 leaves it out.
    given : what the stimulus was made from; see `neurobench`.
    dask : as `run` takes it; the report's bytes do not depend on it.
    """
    options = options or RunOptions(fidelity=Fidelity.L3)
    counted = run(deployment, stimulus, options, dask=dask)
    whole = _whole(deployment, stimulus, options, dask)
    report = build_report(deployment, stimulus, counted, options.fidelity, whole)
    if not neurobench_samples:
        return report
    return replace(report, neurobench=neurobench(deployment, stimulus, neurobench_samples, given))


def _whole(
    deployment: Deployment, stimulus: Stimulus, options: RunOptions, dask: str | None
) -> Run | None:
    """Return the run of every step, the first output recorded; None where that is all there is."""
    if deployment.exit_policy is None:
        return None
    output = deployment.program.outputs[0].population
    options = replace(options, record=options.record | {output})
    return run(deployment.without_exit, stimulus, options, dask=dask)


def float_accuracy(deployment: Deployment, samples: Samples, encoding: Encoding | None) -> float:
    """Return the accuracy of the float model on the same stimulus the deployment gets.

    Raises
    ------
    InputError
        If the deployment holds no model or the samples no labels (ND2308).
    """
    if deployment.model is None or samples.y is None:
        raise InputError(
            "ND2308", "the float accuracy needs the deployment's model and labels y in the data"
        )
    x, _ = series_of(samples, deployment.model.inputs[0].shape, encoding)
    return float(np.mean(deployment.model.simulate(x).predictions() == samples.y))


def _cluster() -> Callable[[Deployment, Stimulus, RunOptions, str], Run]:
    try:
        from neurodeploy.execution.cluster import run_on_cluster
    except ImportError as error:
        raise missing_extra(error, "dask") from error
    return run_on_cluster
