"""`Outcome`: what stopping early did to some samples, against the same samples run in full."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from neurodeploy.exits.share import Share, share

Ints = NDArray[np.int64]

POINTS = 100.0
"""Points of a share."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """Figures of one policy on one set of labelled samples; steps are informative ones, from 1.

    Parameters
    ----------
    accuracy, full_accuracy : shares that are right, with exit and without.
    steps : how many samples stopped after 1, 2, ... informative steps.
    early : samples that a check stopped before the last informative step.
    early_accuracy : of those; None where there are none.
    right_to_wrong : of all samples, those whose full run would have been right.
    wrong_to_right : of all samples, those whom the later steps would have led astray.
    false_exits : of the early ones, those right in full and wrong now.
    worst_class, worst_class_drop_pp : the class whose accuracy falls most, and by how many points.
    """

    n_samples: int
    accuracy: float
    full_accuracy: float
    steps: tuple[int, ...]
    early: Share
    early_accuracy: float | None
    right_to_wrong: Share
    wrong_to_right: Share
    false_exits: Share
    worst_class: int
    worst_class_drop_pp: float

    @property
    def mean_step(self) -> float:
        """Mean of the informative steps."""
        return sum(n * held for n, held in enumerate(self.steps, start=1)) / self.n_samples

    @property
    def drop_pp(self) -> float:
        """Points of accuracy lost; below 0 where stopping gains."""
        return POINTS * (self.right_to_wrong.count - self.wrong_to_right.count) / self.n_samples


def outcome_of(
    steps: Ints, answers: Ints, full_answers: Ints, labels: Ints, n_informative: int
) -> Outcome:
    """Return the figures of samples that stopped after `steps`, all arrays (sample,)."""
    n = len(labels)
    right, full_right = answers == labels, full_answers == labels
    early = steps < n_informative
    false = early & full_right & ~right
    n_early = int(early.sum())
    worst, drop = _worst_class(right, full_right, labels)
    return Outcome(
        n_samples=n,
        accuracy=float(right.mean()),
        full_accuracy=float(full_right.mean()),
        steps=tuple(int(k) for k in np.bincount(steps, minlength=n_informative + 1)[1:]),
        early=share(n_early, n),
        early_accuracy=float(right[early].mean()) if n_early else None,
        right_to_wrong=share(int((full_right & ~right).sum()), n),
        wrong_to_right=share(int((right & ~full_right).sum()), n),
        false_exits=share(int(false.sum()), n_early),
        worst_class=worst,
        worst_class_drop_pp=drop,
    )


def _worst_class(
    right: NDArray[np.bool_], full_right: NDArray[np.bool_], labels: Ints
) -> tuple[int, float]:
    """Return the class that loses most, ties to the lowest, and the points it loses."""
    classes, members, counts = np.unique(labels, return_inverse=True, return_counts=True)
    lost = np.bincount(members, full_right.astype(np.int64) - right, len(classes))
    worst = int(np.argmax(lost / counts))
    return int(classes[worst]), float(POINTS * lost[worst] / counts[worst])
