"""Why one sample stopped where it did, step by step."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from neurodeploy.deployment.exit_policy import ExitPolicy
from neurodeploy.exits.recording import Recording
from neurodeploy.program.exit_rule import ExitRule


@dataclass(frozen=True, slots=True, kw_only=True)
class StepExplained:
    """One informative step.

    Parameters
    ----------
    best, second : the classes with the largest scores; ties go to the lowest.
    best_score, second_score : in the model's float units.
    value : what a check computes, in the threshold's unit; None where none is made.
    stops : whether the sample ends here.
    """

    step: int
    best: int
    second: int
    best_score: float
    second_score: float
    value: float | None
    stops: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """One sample.

    Parameters
    ----------
    steps : every informative step, those after the stop as they would have gone on.
    stopped_at : the informative step at which it ends.
    chosen : the steps that a policy network gives it, or None.
    """

    sample: int
    label: int | None
    policy: ExitPolicy
    steps: tuple[StepExplained, ...]
    stopped_at: int
    chosen: int | None

    @property
    def answer(self) -> int:
        """What it answers where it stops."""
        return self.steps[self.stopped_at - 1].best

    @property
    def full_answer(self) -> int:
        """What it would answer after all steps."""
        return self.steps[-1].best

    @property
    def reason(self) -> str:
        """Say in one sentence why it stopped."""
        if self.chosen is not None:
            return f"the policy network gave it {self.chosen} steps"
        last = self.steps[self.stopped_at - 1]
        if last.value is not None and last.value > self.policy.threshold:
            return (
                f"at step {last.step} the {self.policy.rule} {last.value:.6g} "
                f"exceeds the threshold {self.policy.threshold:.6g}"
            )
        return f"no check exceeded the threshold {self.policy.threshold:.6g}; it ran to the end"


def explain(
    policy: ExitPolicy, recording: Recording, sample: int, label: int | None
) -> Explanation:
    """Return how `policy` deals with the one sample of `recording`, number `sample` in its file."""
    rule = policy.rule_for(recording.program, recording.n_stimulus_steps)
    limit = None if recording.limits is None else int(recording.limits[0])
    most = rule.max_steps if limit is None else limit
    scores = rule.scores(recording.raster)[0]
    scale = recording.program.output_scale.get(rule.population, 1.0)
    stopped = _stop(rule, scores, most)
    return Explanation(
        sample=sample,
        label=label,
        policy=policy,
        steps=tuple(
            _step(policy, rule, scores[n - 1], n, most, stopped, scale)
            for n in range(1, rule.n_informative + 1)
        ),
        stopped_at=stopped,
        chosen=limit,
    )


def _stop(rule: ExitRule, scores: NDArray[np.int64], most: int) -> int:
    for n in range(1, most):
        if rule.checks_at(n, most) and rule.value(scores[n - 1], n) > rule.level:
            return n
    return most


def _step(
    policy: ExitPolicy,
    rule: ExitRule,
    scores: NDArray[np.int64],
    n: int,
    most: int,
    stopped: int,
    scale: float,
) -> StepExplained:
    best, second = (int(k) for k in np.argsort(-scores, kind="stable")[:2])
    checked = n <= stopped and rule.checks_at(n, most)
    return StepExplained(
        step=n,
        best=best,
        second=second,
        best_score=float(scores[best]) * scale,
        second_score=float(scores[second]) * scale,
        value=float(rule.value(scores, n)) * policy.unit if checked else None,
        stops=n == stopped,
    )
