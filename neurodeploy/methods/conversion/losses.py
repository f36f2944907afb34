"""Correlation and relative error of two series of values, summed batch by batch."""

import math

import torch
from torch import Tensor


class Sums:
    """Sums over pairs of a wanted and a found value."""

    def __init__(self) -> None:
        self.n = 0
        self.wanted = self.found = self.wanted_squared = self.found_squared = self.product = 0.0
        self.squared_difference = 0.0

    def take(self, wanted: Tensor, found: Tensor) -> None:
        """Add values of one shape."""
        a, b = wanted.to(torch.float64), found.to(torch.float64)
        self.n += a.numel()
        self.wanted += float(a.sum())
        self.found += float(b.sum())
        self.wanted_squared += float((a * a).sum())
        self.found_squared += float((b * b).sum())
        self.product += float((a * b).sum())
        self.squared_difference += float(((a - b) ** 2).sum())

    @property
    def correlation(self) -> float:
        """Pearson's correlation; 0 where one of the two never changes."""
        spread = (self.n * self.wanted_squared - self.wanted**2) * (
            self.n * self.found_squared - self.found**2
        )
        if spread <= 0:
            return 0.0
        return (self.n * self.product - self.wanted * self.found) / math.sqrt(spread)

    @property
    def error(self) -> float:
        """Root mean square of the difference over that of what was wanted; infinite over 0."""
        if self.squared_difference == 0:
            return 0.0
        if self.wanted_squared == 0:
            return math.inf
        return math.sqrt(self.squared_difference / self.wanted_squared)
