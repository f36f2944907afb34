"""Two sides measured by turns, A B B A: what slows the machine for a while slows both.

The turns of a pair are repeated until it takes about PAIR_S, and each side's seconds are their
mean: on a machine that others share, a single turn of a tenth of a second says little.
"""

import statistics
from collections.abc import Callable
from dataclasses import dataclass

from tools.bench.clock import timed

PAIRS = 7
PAIR_S = 1.5
MOST_ROUNDS = 12
"""Rounds of a pair, a turn of each side."""

NOISY = 0.10
"""Spread of the ratios, relative to their median, above which nothing is claimed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Paired:
    """Seconds per unit of work of both sides, pair by pair.

    Parameters
    ----------
    load : the one-minute load average before the first pair.
    """

    ours_s: tuple[float, ...]
    theirs_s: tuple[float, ...]
    load: float

    @property
    def ratios(self) -> tuple[float, ...]:
        """How many times as long they took, pair by pair."""
        return tuple(b / a for a, b in zip(self.ours_s, self.theirs_s, strict=True))

    @property
    def ratio(self) -> float:
        """Median of the ratios."""
        return statistics.median(self.ratios)

    @property
    def spread(self) -> float:
        """Distance between the quartiles of the ratios, relative to their median."""
        return spread(self.ratios)

    def as_dict(self) -> dict[str, object]:
        """Return everything, for the results' JSON."""
        return {
            "ours_s": list(self.ours_s),
            "theirs_s": list(self.theirs_s),
            "ratio": self.ratio,
            "spread": self.spread,
            "too_noisy": self.spread > NOISY,
            "load": self.load,
        }


def spread(values: tuple[float, ...]) -> float:
    """Return the distance between the quartiles, relative to the median."""
    if len(values) < 2:
        return 0.0
    low, _, high = statistics.quantiles(values, n=4, method="inclusive")
    middle = statistics.median(values)
    return (high - low) / abs(middle) if middle else 0.0


def paired(
    ours: Callable[[], float], theirs: Callable[[], float], load: float, n_pairs: int = PAIRS
) -> Paired:
    """Measure both sides by turns, after one turn each that is thrown away, and one that is timed.

    Parameters
    ----------
    ours, theirs : do their work once and return seconds per unit of it.
    """
    ours(), theirs()
    rounds = 1 if n_pairs == 1 else _rounds(timed(lambda: (ours(), theirs())))
    pairs = [_pair(ours, theirs, rounds) for _ in range(n_pairs)]
    return Paired(ours_s=tuple(a for a, _ in pairs), theirs_s=tuple(b for _, b in pairs), load=load)


def _rounds(turns_s: float) -> int:
    return min(max(round(PAIR_S / turns_s), 1), MOST_ROUNDS)


def _pair(
    ours: Callable[[], float], theirs: Callable[[], float], rounds: int
) -> tuple[float, float]:
    """Return the mean seconds of both sides; each round begins with the other of them."""
    found: tuple[list[float], list[float]] = ([], [])
    for k in range(rounds):
        for side in (0, 1) if k % 2 == 0 else (1, 0):
            found[side].append((ours, theirs)[side]())
    return statistics.fmean(found[0]), statistics.fmean(found[1])
