"""`Share`: a share of samples with its exact 95 % interval."""

from dataclasses import dataclass

CONFIDENCE = 0.95


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """`count` of `n`; `value`, `low` and `high` are None where `n` is 0."""

    count: int
    n: int
    value: float | None
    low: float | None
    high: float | None


def share(count: int, n: int) -> Share:
    """Return ``count / n`` with the interval of Clopper and Pearson (Biometrika 1934).

    It holds the true share with at least 95 %, whatever the share is.
    """
    if n == 0:
        return Share(count=0, n=0, value=None, low=None, high=None)
    from scipy.special import betaincinv  # slow to import

    tail = (1 - CONFIDENCE) / 2
    low = 0.0 if count == 0 else float(betaincinv(count, n - count + 1, tail))
    high = 1.0 if count == n else float(betaincinv(count + 1, n - count, 1 - tail))
    return Share(count=count, n=n, value=count / n, low=low, high=high)
