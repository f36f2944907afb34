"""What stopping early does under attack: accuracy and steps over T and over thresholds."""

from dataclasses import replace

import numpy as np
from torch import Tensor

from neurodeploy.audits.attacks.integers import samples_for
from neurodeploy.audits.attacks.report import ExitRow
from neurodeploy.deployment.deployment import Deployment
from neurodeploy.deployment.exit_policy import ExitPolicy
from neurodeploy.exits.curve import Judged, judge
from neurodeploy.exits.recording import Recording, record
from neurodeploy.frontends.samples import Encoding
from neurodeploy.terms import ExitCriterion
from neurodeploy.toolchain import stimulus_of


def exit_rows(
    deployment: Deployment,
    clean: Tensor,
    attacked: Tensor,
    labels: Tensor,
    encoding: Encoding | None,
    thresholds: tuple[float, ...],
) -> tuple[ExitRow, ...]:
    """Return accuracy and mean steps for every T, then for thresholds of the exit rule.

    The samples are the same throughout. The rule is the deployment's own, or the confidence of the
    summed output where it has none; its own threshold comes first.

    Raises
    ------
    InputError
        If no step could be left out (ND2881).
    """
    policy = deployment.exit_policy or ExitPolicy(rule=ExitCriterion.CONFIDENCE)
    levels = thresholds
    if deployment.exit_policy is not None and policy.rule is not ExitCriterion.POLICY:
        levels = tuple(dict.fromkeys((policy.threshold, *thresholds)))
    if policy.rule is ExitCriterion.POLICY:
        levels = (policy.threshold,)
    recordings = [_recorded(deployment, x, labels, encoding) for x in (clean, attacked)]
    judged = [judge(policy, recording) for recording in recordings]
    return (*_over_steps(judged), *_over_thresholds(recordings, policy, levels))


def _recorded(
    deployment: Deployment, x: Tensor, labels: Tensor, encoding: Encoding | None
) -> Recording:
    samples = replace(samples_for(deployment, x), y=labels.numpy())
    return record(deployment, [stimulus_of(deployment, samples, encoding)], samples.where)


def _over_steps(judged: list[Judged]) -> list[ExitRow]:
    n_informative = judged[0].rule.n_informative
    return [
        _row(f"T={t}", [(one, np.full(len(one.labels), t)) for one in judged])
        for t in range(1, n_informative + 1)
    ]


def _over_thresholds(
    recordings: list[Recording], policy: ExitPolicy, thresholds: tuple[float, ...]
) -> list[ExitRow]:
    rows = []
    for threshold in thresholds:
        held = replace(policy, threshold=threshold)
        judged = [judge(held, recording) for recording in recordings]
        name = f"{policy.rule} {threshold:g}"
        rows.append(_row(name, [(one, one.steps(one.rule.level)) for one in judged]))
    return rows


def _row(name: str, ends: list[tuple[Judged, np.ndarray]]) -> ExitRow:
    (clean, attacked), (before, after) = (
        [float((one.answers_at(steps) == one.labels).mean()) for one, steps in ends],
        [float(steps.mean()) for _, steps in ends],
    )
    return ExitRow(
        name=name,
        clean_accuracy=clean,
        attacked_accuracy=attacked,
        clean_steps=before,
        attacked_steps=after,
    )
