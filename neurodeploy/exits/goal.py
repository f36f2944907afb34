"""`Goal`: what a threshold has to keep to, and which of many points does so best."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import takewhile
from statistics import NormalDist
from typing import assert_never

from neurodeploy.errors import InputError
from neurodeploy.exits.curve import Point
from neurodeploy.exits.outcome import POINTS

DEFAULT_CONFIDENCE = 0.9

_ADDED = 0.5
"""Added to every cell of the table of right and wrong answers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccuracyDrop:
    """Lose at most `points` of accuracy, and that with `confidence`; stop as early as that allows.

    Parameters
    ----------
    confidence : that the drop holds beyond the samples at hand, one-sided, however many rules and
        thresholds there are to choose from; 0 takes the drop that is seen.
    """

    points: float
    confidence: float = DEFAULT_CONFIDENCE

    def __post_init__(self) -> None:
        problems = []
        if not (math.isfinite(self.points) and self.points >= 0):
            problems.append(f"an accuracy drop of {self.points:g} points; give 0 or more")
        if self.confidence != 0 and not 0.5 <= self.confidence < 1:
            problems.append(f"a confidence of {self.confidence:g}; give 0, or 0.5 to below 1")
        if problems:
            raise InputError("ND2882", *problems)

    def __str__(self) -> str:
        drop = f"an accuracy drop of at most {self.points:g} points"
        return (
            f"{drop}, {100 * self.confidence:g} % sure" if self.confidence else f"{drop}, as seen"
        )

    def bound(self, point: Point, n_samples: int, n_rules: int) -> float:
        """Return the points that are lost at most, where one of `n_rules` is to be chosen.

        The bound is of the paired difference (Agresti and Min, Statistics in Medicine 2005); the
        confidence is shared out among the rules (Bonferroni).
        """
        b, c = point.right_to_wrong, point.wrong_to_right
        if not self.confidence:
            return POINTS * (b - c) / n_samples
        z = NormalDist().inv_cdf(1 - (1 - self.confidence) / n_rules)
        n, lost = n_samples + 4 * _ADDED, b - c
        spread = math.sqrt(b + c + 2 * _ADDED - lost**2 / n)
        return POINTS * (lost + z * spread) / n


@dataclass(frozen=True, slots=True, kw_only=True)
class MeanSteps:
    """Take at most `steps` informative steps on average; be as accurate as that allows."""

    steps: float

    def __post_init__(self) -> None:
        if not (math.isfinite(self.steps) and self.steps >= 1):
            raise InputError("ND2882", f"a mean of {self.steps:g} steps; the least is 1")

    def __str__(self) -> str:
        return f"at most {self.steps:g} steps on average"


Goal = AccuracyDrop | MeanSteps


def fitting(goal: Goal, points: Sequence[Point], n_samples: int, n_rules: int) -> tuple[Point, ...]:
    """Return those of one rule's `points`, thresholds rising, that keep to `goal`.

    For a drop that is to hold beyond the samples the thresholds are tried from the one that stops
    nobody downward until the first that loses too much, so that their number costs no confidence:
    fixed sequence testing, after Angelopoulos et al., "Learn then Test", arXiv:2110.01052.
    """
    match goal:
        case AccuracyDrop(confidence=0):
            return tuple(p for p in points if goal.bound(p, n_samples, n_rules) <= goal.points)
        case AccuracyDrop():
            kept = takewhile(
                lambda point: goal.bound(point, n_samples, n_rules) <= goal.points,
                reversed(points),
            )
            return tuple(kept)
        case MeanSteps():
            return tuple(point for point in points if point.mean_step <= goal.steps)
    assert_never(goal)


def best(goal: Goal, points: Iterable[Point]) -> Point:
    """Return the best of `points` that meet `goal`; of equal ones the first."""
    match goal:
        case AccuracyDrop():
            return min(points, key=lambda point: (point.mean_step, -point.accuracy))
        case MeanSteps():
            return max(points, key=lambda point: (point.accuracy, -point.mean_step))
    assert_never(goal)


def missed(goal: Goal, curves: Sequence[Sequence[Point]], n_samples: int) -> tuple[Point, str]:
    """Return the point of all rules' `curves` that misses `goal` by least, and what would help."""
    match goal:
        case AccuracyDrop():
            return _lossy(goal, curves, n_samples)
        case MeanSteps():
            points = [point for points in curves for point in points]
            fewest = min(points, key=lambda point: (point.mean_step, -point.accuracy))
            return fewest, "; allow more steps, or fewer before the first check"
    assert_never(goal)


def _lossy(
    goal: AccuracyDrop, curves: Sequence[Sequence[Point]], n_samples: int
) -> tuple[Point, str]:
    """Return the best of each rule's first points to fail."""
    bounds = {p: goal.bound(p, n_samples, len(curves)) for points in curves for p in points}
    failed = [
        next(point for point in reversed(points) if bounds[point] > goal.points)
        for points in curves
        if any(bounds[point] > goal.points for point in points)
    ]
    point = min(failed, key=lambda p: (bounds[p], p.mean_step))
    if point.right_to_wrong == point.wrong_to_right == 0:
        why = f"; with so few samples the bound is {bounds[point]:.2f} points even where no answer "
        return point, why + "changes: give more, fewer rules, or a lower --confidence"
    bound = f", for which the bound is {bounds[point]:.2f} points" if goal.confidence else ""
    return point, f"{bound}; allow a larger drop, or give more samples"
