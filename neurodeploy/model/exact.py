"""Factors whose product with a step or a leak gives a wanted number to the last bit."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


def factor_of(product: ArrayLike, by: ArrayLike) -> Floats:
    """Return f with ``by * f == product``, for each element; infinite where `by` is 0.

    The rounded quotient is off by one bit now and then, which would move a voltage that should
    meet its threshold exactly; then a neighbour of the quotient is taken if it does better.
    """
    product, by = np.broadcast_arrays(np.asarray(product, float), np.asarray(by, float))
    with np.errstate(divide="ignore", invalid="ignore"):
        quotient = np.where(by == 0, np.inf, product / by)
        for direction in (-np.inf, np.inf):
            neighbour = np.nextafter(quotient, direction)
            better = np.abs(by * neighbour - product) < np.abs(by * quotient - product)
            quotient = np.where(better, neighbour, quotient)
    return quotient


def time_constant_of(leak: ArrayLike, dt_s: float) -> Floats:
    """Return tau in seconds with ``dt_s / tau == leak``, for each element; infinite for no leak."""
    leak = np.asarray(leak, float)
    with np.errstate(divide="ignore", invalid="ignore"):
        tau = np.where(leak == 0, np.inf, dt_s / leak)
        for direction in (-np.inf, np.inf):
            neighbour = np.nextafter(tau, direction)
            better = np.abs(dt_s / neighbour - leak) < np.abs(dt_s / tau - leak)
            tau = np.where(better, neighbour, tau)
    return tau
