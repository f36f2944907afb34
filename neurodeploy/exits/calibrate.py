"""Choose an exit policy on recorded outputs, by the integer rule that will run."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import product

from neurodeploy.deployment.exit_policy import Calibration, ExitPolicy
from neurodeploy.errors import GateFailed, InputError
from neurodeploy.exits.curve import Judged, Point, curve, judge, outcome_on
from neurodeploy.exits.goal import Goal, best, fitting, missed
from neurodeploy.exits.oracle import Oracle, oracle_of
from neurodeploy.exits.outcome import Outcome
from neurodeploy.exits.recording import Recording
from neurodeploy.terms import CheckedAt, ExitCriterion, ExitScore, Readout


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """One rule without a threshold, and the points of its thresholds."""

    policy: ExitPolicy
    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sweep:
    """What there is to choose from on one recording.

    Parameters
    ----------
    by_step : accuracy of the whole set after 1, 2, ... informative steps.
    """

    where: str
    n_samples: int
    by_step: tuple[float, ...]
    oracle: Oracle
    curves: tuple[Curve, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """A policy, what it does to the samples that chose it, and what else there was."""

    policy: ExitPolicy
    point: Point
    outcome: Outcome
    sweep: Sweep


def candidates(
    recording: Recording,
    rules: Sequence[ExitCriterion],
    scores: Sequence[ExitScore],
    temperatures: Sequence[float],
    *,
    min_steps: int = 1,
    max_steps: int | None = None,
    period_steps: int = 1,
    where: CheckedAt | None = None,
) -> tuple[ExitPolicy, ...]:
    """Return every rule with every score and temperature that goes with it, thresholds all 0.

    Parameters
    ----------
    where : who checks; None is the chip for margins and the host for all else. A softmax is left
        out where the chip is to check.

    Raises
    ------
    InputError
        If there is none, or no check would ever be made (ND2882).
    """
    _check_steps(recording, min_steps, max_steps)
    found = tuple(
        ExitPolicy(
            rule=rule,
            score=score,
            temperature=temperature,
            min_steps=min_steps,
            max_steps=max_steps,
            period_steps=period_steps,
            where=where or _cheapest(rule),
        )
        for rule, score in product(dict.fromkeys(rules), dict.fromkeys(scores))
        if score is ExitScore.SUM or _readout(recording) is not Readout.MAX
        if where is not CheckedAt.CHIP or rule is ExitCriterion.MARGIN
        for temperature in (dict.fromkeys(temperatures) if _has_softmax(rule) else (1.0,))
    )
    if found:
        return found
    raise InputError(
        "ND2882",
        "no rule is left: a softmax cannot be computed by the chip's neurons, nor the mean of an "
        "output that keeps its largest value; allow the rule margin or the score sum",
    )


def sweep(recording: Recording, policies: Sequence[ExitPolicy]) -> Sweep:
    """Return accuracy and steps over the threshold of every policy."""
    return _swept(recording, [judge(policy, recording) for policy in policies])


def calibrate(
    recording: Recording, policies: Sequence[ExitPolicy], goal: Goal, seed: int = 0
) -> Chosen:
    """Return the policy and threshold that meet `goal` best on `recording`.

    Raises
    ------
    GateFailed
        If none meets it (ND1801); the message names the nearest.
    """
    judged = [judge(policy, recording) for policy in policies]
    found = _swept(recording, judged)
    n, full = recording.n_samples, judged[0].rule.n_informative
    kept = [
        (one, point)
        for one, own in zip(judged, found.curves, strict=True)
        for point in fitting(goal, own.points, n, len(judged))
        if point.mean_step < full
    ]
    if not kept:
        raise GateFailed("ND1801", _missed(goal, found.curves, n, full))
    point = best(goal, [point for _, point in kept])
    chosen = next(one for one, own in kept if own is point)
    calibration = Calibration(
        data=recording.where,
        data_digest=recording.data_digest,
        n_samples=n,
        seed=seed,
        asked=str(goal),
        program_digest=recording.program.digest,
        accuracy=point.accuracy,
        full_accuracy=found.by_step[-1],
        mean_step=point.mean_step,
    )
    return Chosen(
        policy=replace(chosen.policy, threshold=point.threshold, calibration=calibration),
        point=point,
        outcome=outcome_on(chosen, point.level),
        sweep=found,
    )


def _swept(recording: Recording, judged: Sequence[Judged]) -> Sweep:
    answers = judged[0].answers
    right = answers == recording.labels[:, None]
    return Sweep(
        where=recording.where,
        n_samples=recording.n_samples,
        by_step=tuple(float(share) for share in right.mean(axis=0)),
        oracle=oracle_of(answers, recording.labels),
        curves=tuple(Curve(policy=one.policy, points=curve(one)) for one in judged),
    )


def _missed(goal: Goal, curves: Sequence[Curve], n_samples: int, full: int) -> str:
    early = [[point for point in c.points if point.mean_step < full] for c in curves]
    if not any(early):
        return f"{goal} cannot be met: no threshold stops any of {n_samples} samples early"
    point, why = missed(goal, early, n_samples)
    policy = next(c.policy for c in curves if any(own is point for own in c.points))
    return f"{goal}: no threshold keeps to it on {n_samples} samples; the nearest is " + (
        f"{_said(policy, point)}{why}"
    )


def _said(policy: ExitPolicy, point: Point) -> str:
    return (
        f"rule {policy.rule} of the {policy.score} above {point.threshold:.6g}: accuracy "
        f"{100 * point.accuracy:.2f} %, {point.mean_step:.2f} steps on average"
    )


def _check_steps(recording: Recording, min_steps: int, max_steps: int | None) -> None:
    n_informative = recording.n_stimulus_steps - recording.program.outputs[0].first_step
    most = n_informative if max_steps is None else min(max_steps, n_informative)
    if min_steps < most:
        return
    raise InputError(
        "ND2882",
        f"the first check after {min_steps} steps of at most {most}: it would never be made; give "
        "a smaller --min-steps",
    )


def _has_softmax(rule: ExitCriterion) -> bool:
    return rule in (ExitCriterion.CONFIDENCE, ExitCriterion.ENTROPY)


def _cheapest(rule: ExitCriterion) -> CheckedAt:
    return CheckedAt.CHIP if rule is ExitCriterion.MARGIN else CheckedAt.HOST


def _readout(recording: Recording) -> Readout:
    return recording.program.outputs[0].readout
