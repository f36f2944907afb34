"""How much each factor of a product contributed to its change; the parts add up exactly."""

from collections.abc import Sequence
from itertools import permutations
from math import factorial, prod


def attribute(before: Sequence[float], after: Sequence[float]) -> tuple[float, ...]:
    """Return the part of ``prod(after) - prod(before)`` that each factor's change caused.

    The mean, over all orders in which the factors could have changed one after the other, of what
    each then added: the Shapley value (L. Shapley, 1953), so that no order is preferred.
    """
    n = len(before)
    parts = [0.0] * n
    for order in permutations(range(n)):
        factors = list(before)
        for k in order:
            last = prod(factors)
            factors[k] = after[k]
            parts[k] += prod(factors) - last
    return tuple(part / factorial(n) for part in parts)
