"""Accuracy and steps over the threshold of one rule, on recorded outputs."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from neurodeploy.deployment.exit_policy import ExitPolicy
from neurodeploy.exits.outcome import Outcome, outcome_of
from neurodeploy.exits.recording import Recording
from neurodeploy.program.exit_rule import ExitRule
from neurodeploy.terms import ExitCriterion

Ints = NDArray[np.int64]

MOST_LEVELS = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """What one threshold gives.

    Parameters
    ----------
    level : the threshold in the rule's integers.
    mean_step : informative steps, from 1.
    right_to_wrong, wrong_to_right : samples that another answer than the full run's costs or wins.
    """

    level: int
    threshold: float
    accuracy: float
    mean_step: float
    right_to_wrong: int
    wrong_to_right: int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Judged:
    """What one policy's rule computes on a recording, whatever its threshold.

    Parameters
    ----------
    values : (sample, informative step), what a check computes there.
    answers : (sample, informative step), the largest score; ties go to the lowest.
    limits : (sample,), the steps that a policy network gives; None without one.
    """

    policy: ExitPolicy
    rule: ExitRule
    values: Ints
    answers: Ints
    labels: Ints
    limits: Ints | None = None

    @property
    def full_answers(self) -> Ints:
        """What the whole run answers."""
        return self.answers[:, -1]

    def steps(self, level: int) -> Ints:
        """Return the informative step at which each sample stops."""
        n_samples = len(self.labels)
        if self.limits is not None:
            return self.limits
        stopped = np.full(n_samples, self.rule.max_steps, np.int64)
        for n in reversed(range(1, self.rule.max_steps)):
            if self.rule.checks_at(n, self.rule.max_steps):
                stopped = np.where(self.values[:, n - 1] > level, n, stopped)
        return stopped

    def answers_at(self, steps: Ints) -> Ints:
        """Return each sample's answer after its number of informative steps."""
        return self.answers[np.arange(len(steps)), steps - 1]


def judge(policy: ExitPolicy, recording: Recording) -> Judged:
    """Return what the integer rule of `policy` computes on `recording`.

    Raises
    ------
    InputError
        If it does not go with the program (ND2841).
    """
    rule = policy.rule_for(recording.program, recording.n_stimulus_steps)
    return Judged(
        policy=policy,
        rule=rule,
        values=_values(rule, recording.raster),
        answers=rule.scores(recording.raster).argmax(axis=-1),
        labels=recording.labels,
        limits=recording.limits if policy.policy is not None else None,
    )


def _values(rule: ExitRule, raster: NDArray[np.int32]) -> Ints:
    if rule.criterion is ExitCriterion.POLICY:
        return np.zeros((len(raster), rule.n_informative), np.int64)
    return rule.values(raster)


def curve(judged: Judged) -> tuple[Point, ...]:
    """Return the points of at most `MOST_LEVELS` thresholds, rising; the last one stops nobody."""
    right = judged.answers == judged.labels[:, None]
    reached = _reached(judged)
    return tuple(_point(judged, right, reached, level) for level in _levels(reached))


def _reached(judged: Judged) -> Ints:
    """Return the largest value of the checks so far, (sample, check step)."""
    most = judged.rule.max_steps
    checked = [n - 1 for n in range(1, most) if judged.rule.checks_at(n, most)]
    return np.maximum.accumulate(judged.values[:, checked], axis=1)


def _levels(reached: Ints) -> list[int]:
    """Return levels halfway between observed values, so that none sits on one, and both ends."""
    observed = np.unique(reached)
    if len(observed) > MOST_LEVELS:
        observed = np.unique(
            np.quantile(reached, np.linspace(0, 1, MOST_LEVELS), method="inverted_cdf")
        )
    between = (observed[:-1] + observed[1:]) // 2
    return [int(level) for level in (observed[0] - 1, *between, observed[-1]) if level >= 0]


def _point(judged: Judged, right: NDArray[np.bool_], reached: Ints, level: int) -> Point:
    rule = judged.rule
    at = (reached <= level).sum(axis=1)
    steps = np.minimum(rule.min_steps + at * rule.period, rule.max_steps)
    now, full = right[np.arange(len(steps)), steps - 1], right[:, -1]
    return Point(
        level=level,
        threshold=level * judged.policy.unit,
        accuracy=float(now.mean()),
        mean_step=float(steps.mean()),
        right_to_wrong=int((full & ~now).sum()),
        wrong_to_right=int((now & ~full).sum()),
    )


def outcome_on(judged: Judged, level: int | None = None) -> Outcome:
    """Return what the policy does; `level` None is its own threshold's."""
    steps = judged.steps(judged.rule.level if level is None else level)
    return outcome_of(
        steps,
        judged.answers_at(steps),
        judged.full_answers,
        judged.labels,
        judged.rule.n_informative,
    )
