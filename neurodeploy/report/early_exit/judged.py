"""What a policy did to the answers: from the two runs and the labels."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from neurodeploy.deployment.deployment import Deployment
from neurodeploy.deployment.exit_policy import ExitPolicy
from neurodeploy.exits.curve import curve, judge
from neurodeploy.exits.oracle import oracle_of
from neurodeploy.exits.outcome import outcome_of
from neurodeploy.exits.recording import Recording
from neurodeploy.exits.rivals import rivals_of
from neurodeploy.program.exit_rule import ExitRule
from neurodeploy.report.early_exit.noun import Answers, CurvePoint
from neurodeploy.report.metric import Metric, exact
from neurodeploy.target import Run, Stimulus
from neurodeploy.terms import ExitCriterion

MOST_POINTS = 60


def informative_steps(rule: ExitRule, run: Run) -> NDArray[np.int64]:
    """Return the informative step at which each sample stopped, (sample,)."""
    return np.asarray([rule.informative(int(steps)) for steps in run.steps_used], np.int64)


def answers_of(
    deployment: Deployment, stimulus: Stimulus, run: Run, whole: Run, steps: NDArray[np.int64]
) -> Answers | None:
    """Return what the exits did to the answers; None without labels.

    Parameters
    ----------
    whole : the same samples run to their end, the raster of the first output recorded.
    """
    policy = deployment.exit_policy
    assert policy is not None  # the caller has seen to it
    if stimulus.labels is None:
        return None
    name = deployment.program.outputs[0].population
    recording = Recording(
        program=deployment.program,
        raster=whole.rasters[name].astype(np.int32),
        labels=stimulus.labels,
        n_stimulus_steps=stimulus.n_steps,
        where=stimulus.coder,
        data_digest=stimulus.digest,
        limits=steps if policy.policy is not None else None,
    )
    judged = judge(policy, recording)
    right = judged.answers == stimulus.labels[:, None]
    return Answers(
        outcome=outcome_of(
            steps,
            run.predictions(),
            whole.predictions(),
            stimulus.labels,
            judged.rule.n_informative,
        ),
        oracle=oracle_of(judged.answers, stimulus.labels),
        by_step=tuple(float(share) for share in right.mean(axis=0)),
        curve=_curve(policy, recording),
        rivals=rivals_of(recording, judged.answers, steps) if policy.policy else None,
    )


def answer_metrics(found: Answers) -> Iterator[tuple[str, Metric]]:
    """Yield the figures of the answers by registered name; what has no value is left out."""
    outcome, oracle = found.outcome, found.oracle
    values = {
        "exit_accuracy_full": outcome.full_accuracy,
        "exit_accuracy_drop_pp": outcome.drop_pp,
        "exit_accuracy_early": outcome.early_accuracy,
        "exit_worst_class_drop_pp": outcome.worst_class_drop_pp,
        "exit_right_to_wrong": outcome.right_to_wrong.value,
        "exit_wrong_to_right": outcome.wrong_to_right.value,
        "exit_false_rate": outcome.false_exits.value,
        "exit_false_rate_high": outcome.false_exits.high,
        "exit_oracle_step": oracle.least_step,
        "exit_oracle_aet": oracle.aet,
    }
    notes = {"exit_worst_class_drop_pp": f"class {outcome.worst_class}"}
    for name, value in values.items():
        if value is not None:
            yield name, exact(name, value, note=notes.get(name, ""))


def _curve(policy: ExitPolicy, recording: Recording) -> tuple[CurvePoint, ...]:
    if policy.rule is ExitCriterion.POLICY:
        return ()
    points = curve(judge(policy, recording))
    chosen = np.unique(np.linspace(0, len(points) - 1, MOST_POINTS).astype(int))
    return tuple(
        CurvePoint(
            threshold=points[k].threshold,
            accuracy=points[k].accuracy,
            mean_step=points[k].mean_step,
        )
        for k in chosen
    )
