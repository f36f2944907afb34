"""Bounds that no rule on the same outputs can pass: what an oracle does that knows the labels."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Oracle:
    """Means of informative steps, and what they assume.

    Parameters
    ----------
    least_step : every sample stops at the first step at which it is right, at 1 if it never is:
        no rule with this accuracy takes fewer steps.
    mean_step : the same, but what is never right runs to the end.
    accuracy : what both give: a sample counts that is right at any step.
    aet : average exit time from the accuracies by step alone, which takes every sample that is
        right once to stay right, and runs the others to the end.
    unsteady : share of samples that are right at a step and wrong at a later one.
    """

    least_step: float
    mean_step: float
    accuracy: float
    aet: float
    unsteady: float


def oracle_of(answers: NDArray[np.int64], labels: NDArray[np.int64]) -> Oracle:
    """Return the oracle of `answers` (sample, informative step).

    Source of `aet`: Li et al., "SEENN", NeurIPS 2023: with C_t the samples right at step t,
    ``(C_1 + sum_{t=2}^T t (C_t - C_{t-1}) + T (N - C_T)) / N``.
    """
    right = answers == labels[:, None]
    n, n_steps = right.shape
    ever, first = right.any(axis=1), right.argmax(axis=1) + 1
    counts = right.sum(axis=0)
    gained = np.diff(counts, prepend=0)
    weighted = int((np.arange(1, n_steps + 1) * gained).sum()) + n_steps * (n - int(counts[-1]))
    lost = (right[:, :-1] & ~right[:, 1:]).any(axis=1)
    return Oracle(
        least_step=float(np.where(ever, first, 1).mean()),
        mean_step=float(np.where(ever, first, n_steps).mean()),
        accuracy=float(ever.mean()),
        aet=weighted / n,
        unsteady=float(lost.mean()),
    )
