"""A share of samples with its 95 % interval."""

from dataclasses import dataclass

from neurodeploy.report.interval import CONFIDENCE


@dataclass(frozen=True, slots=True, kw_only=True)
class Proportion:
    """`k` of `n`, and the ends of the interval for the share they stand for, 0 to 1."""

    k: int
    n: int
    low: float
    high: float

    @property
    def share(self) -> float:
        """``k / n``."""
        return self.k / self.n


def proportion(k: int, n: int) -> Proportion:
    """Return `k` of `n` with the exact binomial interval (Clopper and Pearson 1934)."""
    from scipy.special import betaincinv  # slow to import

    if not 0 <= k <= n or not n:
        raise ValueError(f"{k} of {n} is no share")
    tail = (1.0 - CONFIDENCE) / 2
    low = 0.0 if k == 0 else float(betaincinv(k, n - k + 1, tail))
    high = 1.0 if k == n else float(betaincinv(k + 1, n - k, 1.0 - tail))
    return Proportion(k=k, n=n, low=low, high=high)
