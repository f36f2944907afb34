"""SEENN-II's reward, as an exact expectation: nothing is sampled."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Rewards:
    """What every choice is worth on every training sample.

    Parameters
    ----------
    values : (sample, choice)
    weights : (sample,), how much a sample counts.
    """

    values: Floats
    weights: Floats

    def expected(self, shares: Floats) -> float:
        """Return the mean over samples of what `shares` (sample, choice) of each choice earn."""
        return float(np.mean(self.weights * (shares * self.values).sum(axis=1)))


def rewards_of(right: NDArray[np.bool_], choices: tuple[int, ...], beta: float) -> Rewards:
    """Return what stopping after each of `choices` informative steps earns.

    A right answer after n steps earns ``2 ** -(n - 1)``, a wrong one costs `beta`. Samples that are
    right after the first choice count 1, the others ``a / (1 - a)``, a being the share of the first
    (Li et al., NeurIPS 2023: that the easy ones do not outweigh the rest).

    Parameters
    ----------
    right : (sample, informative step)
    """
    columns = np.asarray(choices) - 1
    hits = right[:, columns]
    earned = np.where(hits, 2.0 ** -columns.astype(np.float64), -beta)
    easy = hits[:, 0]
    share = float(easy.mean())
    heavy = share / (1 - share) if share < 1 else 1.0
    return Rewards(values=earned, weights=np.where(easy, 1.0, heavy))
