"""Two sides measured by turns, ours on either side of theirs: what slows the machine slows both.

Short turns are repeated: on a machine that others share, a tenth of a second says little. Ours are
repeated until they take about as long as theirs, and all of it until a pair takes about PAIR_S.
"""

import statistics
from collections.abc import Callable
from dataclasses import dataclass

from tools.bench.clock import timed

PAIRS = 7
PAIR_S = 8.0
MOST_ROUNDS, MOST_TURNS = 24, 8
"""Rounds of a pair; turns of ours before a turn of theirs, and after it."""

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
    """Measure both sides by turns, after two turns each that are thrown away.

    Parameters
    ----------
    ours, theirs : do their work once and return seconds per unit of it.
    """
    ours(), theirs()
    ours_s, theirs_s = timed(ours), timed(theirs)
    turns = min(max(round(theirs_s / ours_s / 2), 1), MOST_TURNS)
    rounds = min(max(round(PAIR_S / (theirs_s + 2 * turns * ours_s)), 1), MOST_ROUNDS)
    rounds = 1 if n_pairs == 1 else rounds
    pairs = [_pair(ours, theirs, turns, rounds) for _ in range(n_pairs)]
    return Paired(ours_s=tuple(a for a, _ in pairs), theirs_s=tuple(b for _, b in pairs), load=load)


def _pair(
    ours: Callable[[], float], theirs: Callable[[], float], turns: int, rounds: int
) -> tuple[float, float]:
    """Return the mean seconds of both sides."""
    ours_s, theirs_s = [], []
    for _ in range(rounds):
        ours_s += [ours() for _ in range(turns)]
        theirs_s.append(theirs())
        ours_s += [ours() for _ in range(turns)]
    return statistics.fmean(ours_s), statistics.fmean(theirs_s)
