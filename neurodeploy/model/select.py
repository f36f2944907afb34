"""`Select`: a slice of each axis, with zeros put around it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Shape = tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Select:
    """``y = zeros(before), x[start:stop:step], zeros(after)`` along each axis of a shape.

    Every field has one number an axis, the sample's axis not counted.
    """

    start: Shape
    stop: Shape
    step: Shape
    before: Shape
    after: Shape

    @property
    def slices(self) -> tuple[slice, ...]:
        """What is taken of each axis."""
        return tuple(map(slice, self.start, self.stop, self.step))

    @property
    def n_taken(self) -> Shape:
        """How many positions of each axis are taken."""
        return tuple(map(len, map(range, self.start, self.stop, self.step)))

    @property
    def place(self) -> tuple[slice, ...]:
        """Where what is taken lies in the result."""
        return tuple(slice(b, b + n) for b, n in zip(self.before, self.n_taken, strict=True))

    def output_shape(self, shape: Shape) -> Shape:
        """Return the shape of the result; ValueError if `shape` does not fit."""
        fields = (self.start, self.stop, self.step, self.before, self.after)
        if any(len(field) != len(shape) for field in fields):
            raise ValueError(f"a selection of {len(self.start)} axes does not fit {shape}")
        for axis, size in enumerate(shape):
            if self.step[axis] < 1 or not 0 <= self.start[axis] < self.stop[axis] <= size:
                raise ValueError(
                    f"the slice {self.start[axis]}:{self.stop[axis]}:{self.step[axis]} does not "
                    f"lie in axis {axis} of {shape}"
                )
        if min((*self.before, *self.after), default=0) < 0:
            raise ValueError(f"padding {self.before}, {self.after} is negative")
        sizes = zip(self.before, self.n_taken, self.after, strict=True)
        return tuple(sum(parts) for parts in sizes)

    def apply(self, x: Floats) -> Floats:
        """Return the operator's value at `x`."""
        taken = x[(slice(None), *self.slices)]
        return np.pad(taken, ((0, 0), *zip(self.before, self.after, strict=True)))

    def adjoint(self, y: Floats, shape: Shape) -> Floats:
        """Return each y (sample, *output shape) put back where it came from, in zeros."""
        x = np.zeros((len(y), *shape))
        x[(slice(None), *self.slices)] = y[(slice(None), *self.place)]
        return x
