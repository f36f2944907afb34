"""`ExitRule`: when a sample may stop, in integers that every executor shares.

Informative steps are counted from 1: number n ends with the program's step ``first_step + n - 1``,
when the output has been read n times. The score is then what the readout would give if the stimulus
ended there. A check makes one integer of the scores, the value; a sample stops at the first check
whose value exceeds the level, and without one at its last informative step.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from neurodeploy.program import softmax
from neurodeploy.program.step_policy import StepPolicy
from neurodeploy.storage.arrays import frozen
from neurodeploy.terms import ExitCriterion, ExitScore, Readout

Ints = NDArray[np.int64]

MARGIN_BITS = 16
"""Margins are integers of ``2**-16`` of the output's integers."""
FACTOR_BITS = 40
"""Factors, from a difference of scores to an exponent, are integers of ``2**-40``."""
FACTOR_LIMIT = softmax.MOST << (softmax.EXPONENT_BITS + FACTOR_BITS)
"""At this factor a difference of 1 is so large that its exponential is 0."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ExitRule:
    """The rule for stimuli of one length; `ExitPolicy.rule_for` makes it.

    Parameters
    ----------
    population, readout : what is judged.
    first_step : the program's step that is informative step 1.
    n_unread : steps of the stimulus that come before.
    n_informative : informative steps of the whole stimulus, at least 1.
    n_steps : the program's steps of the whole stimulus, drained ones included.
    min_steps, max_steps, period : checks are made at informative steps ``min_steps``,
        ``min_steps + period``, ... below the last one, which is `max_steps` at most.
    level : a value above it stops; in units of 2**-30, of a margin 2**-16.
    factors : int64 (n_informative,), exponent units of 2**-40 for a difference of 1 in the score;
        empty where none is needed.
    policy : decides before the first step, or None.
    """

    criterion: ExitCriterion
    score: ExitScore
    population: str
    readout: Readout
    first_step: int
    n_unread: int
    n_informative: int
    n_steps: int
    min_steps: int
    max_steps: int
    period: int
    level: int
    factors: NDArray[np.int64]
    policy: StepPolicy | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "factors", frozen(self.factors, np.int64))

    def limit(self, given: Mapping[str, NDArray[np.integer]]) -> int:
        """Return the last informative step of one sample, whatever the checks say.

        Parameters
        ----------
        given : integers (step, *shape) by input.
        """
        if self.policy is None:
            return self.max_steps
        seen = self.policy.n_seen_steps - self.n_unread
        return min(max(self.policy.steps(given), seen, self.min_steps), self.max_steps)

    def informative(self, n_steps: int) -> int:
        """Return how many informative steps are over after `n_steps` of the program."""
        return min(max(n_steps - self.first_step, 0), self.n_informative)

    def steps_at(self, n: int) -> int:
        """Return the program's steps until informative step `n` is over; the last one drains."""
        return self.n_steps if n >= self.n_informative else self.first_step + n

    def may_stop_after(self, limit: int) -> tuple[int, ...]:
        """Return the program's steps after which a sample may end, rising; the last one ends it."""
        checked = self.criterion is not ExitCriterion.POLICY
        checks = range(self.min_steps, limit, self.period) if checked else ()
        return (*(self.first_step + n for n in checks), self.steps_at(limit))

    def checks_at(self, n: int, limit: int) -> bool:
        """Say whether a sample whose last informative step is `limit` is checked at step `n`."""
        checked = self.criterion is not ExitCriterion.POLICY
        return checked and self.min_steps <= n < limit and (n - self.min_steps) % self.period == 0

    def n_checks(self, n: int, limit: int) -> int:
        """Return how many checks a sample had that ended with informative step `n`."""
        last = min(n, limit - 1)
        if self.criterion is ExitCriterion.POLICY or last < self.min_steps:
            return 0
        return (last - self.min_steps) // self.period + 1

    def scores(self, raster: NDArray[np.integer]) -> Ints:
        """Return the scores after each informative step that is over, (..., step, class).

        Parameters
        ----------
        raster : (..., step, neuron), what the output did from step 0 on.
        """
        window = raster[..., self.first_step : self.first_step + self.n_informative, :]
        match self.readout:
            case Readout.COUNT:
                return np.cumsum(window != 0, axis=-2, dtype=np.int64)
            case Readout.SUM | Readout.MEAN:
                return np.cumsum(window, axis=-2, dtype=np.int64)
            case Readout.MAX:
                return np.maximum.accumulate(window.astype(np.int64), axis=-2)
            case Readout.LAST:
                return window.astype(np.int64)

    def scores_after(self, raster: NDArray[np.integer]) -> Ints:
        """Return the scores after the last step of `raster`, the last ones of `scores`."""
        window = raster[..., self.first_step : self.first_step + self.n_informative, :]
        match self.readout:
            case Readout.COUNT:
                return np.count_nonzero(window, axis=-2).astype(np.int64)
            case Readout.SUM | Readout.MEAN:
                return window.sum(axis=-2, dtype=np.int64)
            case Readout.MAX:
                return window.max(axis=-2).astype(np.int64)
            case Readout.LAST:
                return window[..., -1, :].astype(np.int64)

    def value(self, scores: Ints, n: int) -> Ints:
        """Return what a check after informative step `n` computes, int64 (...).

        Parameters
        ----------
        scores : (..., class)
        """
        if self.criterion is ExitCriterion.MARGIN:
            upper = np.partition(scores, -2, axis=-1)
            margin = (upper[..., -1] - upper[..., -2]) << MARGIN_BITS
            return margin // n if self.score is ExitScore.MEAN else margin
        exponents = self._exponents(scores, n)
        if self.criterion is ExitCriterion.CONFIDENCE:
            return softmax.confidence(exponents)
        return softmax.certainty(exponents)

    def values(self, raster: NDArray[np.integer]) -> Ints:
        """Return the value after each informative step that is over, (..., informative step)."""
        scores = self.scores(raster)
        found = [self.value(scores[..., k, :], k + 1) for k in range(scores.shape[-2])]
        return np.stack(found, axis=-1)

    def stops(self, raster: NDArray[np.integer], limit: int) -> bool:
        """Say whether a sample ends after the last step of `raster` (step, neuron)."""
        n = len(raster) - self.first_step
        if n >= limit:
            return len(raster) >= self.steps_at(limit)
        if not self.checks_at(n, limit):
            return False
        return bool(self.value(self.scores_after(raster), n) > self.level)

    def stop(self, rasters: NDArray[np.integer], limits: Ints) -> NDArray[np.bool_]:
        """Say which samples end after the last step of `rasters`, as `stops` does for each.

        Parameters
        ----------
        rasters : (sample, step, neuron)
        limits : (sample,), their last informative steps.
        """
        n_steps = rasters.shape[1]
        n = n_steps - self.first_step
        over = np.asarray([n >= k and n_steps >= self.steps_at(k) for k in limits.tolist()])
        checked = np.asarray([self.checks_at(n, k) for k in limits.tolist()])
        if checked.any():
            over[checked] = self.value(self.scores_after(rasters[checked]), n) > self.level
        return over

    def _exponents(self, scores: Ints, n: int) -> Ints:
        """Return how far each score lies below the largest, in units of 2**-16, rounded.

        A difference whose exponential is 0 is cut before the product, which so fits 63 bits.
        """
        factor = int(self.factors[n - 1])
        most = -(-FACTOR_LIMIT // factor)
        below = np.minimum(scores.max(axis=-1, keepdims=True) - scores, most)
        return (below * factor + (1 << (FACTOR_BITS - 1))) >> FACTOR_BITS
