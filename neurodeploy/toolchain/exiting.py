"""Exit policies: chosen on validation data, looked at, and put into a deployment."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

import numpy as np

from neurodeploy.deployment.deployment import Deployment
from neurodeploy.deployment.exit_policy import ExitPolicy
from neurodeploy.errors import InputError
from neurodeploy.exits.calibrate import Chosen, Sweep, calibrate, candidates, sweep
from neurodeploy.exits.curve import judge, outcome_on
from neurodeploy.exits.disturb import Disturbance, disturbed
from neurodeploy.exits.explain import Explanation, explain
from neurodeploy.exits.goal import Goal
from neurodeploy.exits.outcome import Outcome
from neurodeploy.exits.recording import Recording, record
from neurodeploy.frontends.samples import Encoding, Samples, series_of
from neurodeploy.frontends.stimulus import stimulus_for
from neurodeploy.target import Stimulus
from neurodeploy.terms import CheckedAt, ExitCriterion, ExitScore

RULES = (ExitCriterion.MARGIN, ExitCriterion.CONFIDENCE, ExitCriterion.ENTROPY)

_MOST_VALUES = 32_000_000
"""Integers of a stimulus that are held at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExitOptions:
    """Which rules are tried; see `ExitPolicy`.

    Parameters
    ----------
    where : who checks; None is the chip for margins and the host for all else.
    seed : recorded in the policy; that of the choice of samples and of their encoding.
    """

    rules: tuple[ExitCriterion, ...] = RULES
    scores: tuple[ExitScore, ...] = (ExitScore.SUM, ExitScore.MEAN)
    temperatures: tuple[float, ...] = (1.0,)
    min_steps: int = 1
    max_steps: int | None = None
    period_steps: int = 1
    where: CheckedAt | None = None
    seed: int = 0
    workers: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Disturbed:
    """What a policy does to samples that were made harder."""

    by: Disturbance
    outcome: Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class ExitData:
    """Labelled samples and how they become a series."""

    samples: Samples
    encoding: Encoding | None = None
    on_progress: Callable[[int], None] | None = field(default=None, compare=False)


def record_outputs(deployment: Deployment, data: ExitData, workers: int | None = None) -> Recording:
    """Return what the output of `deployment` does on `data` without any exit.

    Raises
    ------
    InputError
        If there are no labels (ND2880), or no step could be left out (ND2881).
    """
    return record(
        deployment,
        parts_of(deployment, data),
        data.samples.where,
        workers=workers,
        on_progress=data.on_progress,
    )


def calibrate_exit(
    deployment: Deployment, data: ExitData, goal: Goal, options: ExitOptions | None = None
) -> tuple[Deployment, Chosen]:
    """Return `deployment` with the exit policy that meets `goal` best on `data`, and the choice.

    Raises
    ------
    InputError
        If the data cannot judge (ND2880, ND2881), or no rule is left to try (ND2882).
    GateFailed
        If no threshold meets the goal (ND1801).
    """
    options = options or ExitOptions()
    recording = record_outputs(deployment, data, options.workers)
    chosen = calibrate(recording, _candidates(recording, options), goal, options.seed)
    return with_policy(deployment, chosen.policy), chosen


def sweep_exit(deployment: Deployment, data: ExitData, options: ExitOptions | None = None) -> Sweep:
    """Return accuracy and steps over the threshold of every rule; raises as `calibrate_exit`."""
    options = options or ExitOptions()
    recording = record_outputs(deployment, data, options.workers)
    return sweep(recording, _candidates(recording, options))


def with_policy(deployment: Deployment, policy: ExitPolicy | None) -> Deployment:
    """Return `deployment` with another exit policy, or with none."""
    return replace(deployment, exit_policy=policy)


def explain_exit(
    deployment: Deployment, samples: Samples, encoding: Encoding | None, sample: int
) -> Explanation:
    """Return why sample number `sample`, from 0, stops where it does.

    Raises
    ------
    InputError
        If the deployment has no policy (ND2884), or the data no such sample (ND2883).
    """
    policy = policy_of(deployment)
    if not 0 <= sample < samples.n_samples:
        raise InputError(
            "ND2883",
            f"{samples.where}: has samples 0 to {samples.n_samples - 1}, "
            f"and {sample} was asked for",
        )
    one = samples.taken(np.asarray([sample]))
    label = None if one.y is None else int(one.y[0])
    judged = one if one.y is not None else replace(one, y=np.zeros(1, np.int64))
    recording = record_outputs(deployment, ExitData(samples=judged, encoding=encoding), 1)
    return explain(policy, recording, sample, label)


def disturb_exit(
    deployment: Deployment,
    data: ExitData,
    by: tuple[Disturbance, ...],
    seed: int = 0,
    workers: int | None = None,
) -> tuple[Disturbed, ...]:
    """Return what the deployment's policy does to `data` as given and after each of `by`.

    Raises
    ------
    InputError
        If there is no policy (ND2884), or something cannot be done to such samples (ND2883).
    """
    policy = policy_of(deployment)
    network = deployment.model or deployment.program
    node = network.inputs[0]
    found = []
    for one in (Disturbance(), *by):
        harder = disturbed(data.samples, one, node.shape, (node.low, node.high), seed)
        recording = record_outputs(deployment, replace(data, samples=harder), workers)
        outcome = outcome_on(judge(policy, recording))
        found.append(Disturbed(by=one, outcome=outcome))
    return tuple(found)


def policy_of(deployment: Deployment) -> ExitPolicy:
    """Return the policy of `deployment`, which must have one (ND2884)."""
    if deployment.exit_policy is None:
        raise InputError(
            "ND2884",
            "the deployment has no exit policy; choose one with `neurodeploy exit build/ --data "
            "val.npz --target-accuracy-drop 0.3`",
        )
    return deployment.exit_policy


def _candidates(recording: Recording, options: ExitOptions) -> tuple[ExitPolicy, ...]:
    return candidates(
        recording,
        options.rules,
        options.scores,
        options.temperatures,
        min_steps=options.min_steps,
        max_steps=options.max_steps,
        period_steps=options.period_steps,
        where=options.where,
    )


def parts_of(deployment: Deployment, data: ExitData) -> Iterator[Stimulus]:
    """Yield the stimulus in parts that fit in memory; one part where all of it does."""
    samples = data.samples
    network = deployment.model or deployment.program
    one = samples.taken(np.arange(1))
    series, _ = series_of(one, network.inputs[0].shape, data.encoding)
    width = max(series[0, 0].size, *(int(np.prod(i.shape)) for i in deployment.program.inputs))
    size = max(_MOST_VALUES // (width * series.shape[1]), 1)
    for first in range(0, samples.n_samples, size):
        chosen = np.arange(first, min(first + size, samples.n_samples))
        yield stimulus_for(deployment, samples.taken(chosen), data.encoding)
