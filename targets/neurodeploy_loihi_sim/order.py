"""Lava's order of neurons, and what leads from one order and shape to another."""

import math
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from neurodeploy_loihi_sim.layout import Reshape, Shape, Step, Transpose

Scalar = TypeVar("Scalar", bound=np.generic)


def lava_shape(shape: Shape) -> Shape:
    """Return (channel, height, width) as (width, height, channel); other shapes stay."""
    return shape[::-1] if len(shape) == 3 else shape


def in_lava_order(values: NDArray[Scalar]) -> NDArray[Scalar]:
    """Return an array of a population's shape with Lava's axes."""
    return np.ascontiguousarray(values.T) if values.ndim == 3 else values


def lava_index(shape: Shape) -> NDArray[np.int64]:
    """Return, for each neuron in Lava's flat order, its index in the Program's."""
    indices = np.arange(math.prod(shape)).reshape(shape)
    return in_lava_order(indices).ravel()


def between(source: Shape, target: Shape) -> tuple[Step, ...]:
    """Return the steps from a port of a Program's shape `source` to one of shape `target`.

    Both ports are in Lava's order; the neurons stay those of the same index in the Program.
    """
    if source == target:
        return ()
    steps: list[Step] = []
    if len(source) == 3:
        steps.append(Transpose(to=(2, 1, 0)))
    if len(target) == 3:
        return (*steps, Reshape(to=target), Transpose(to=(2, 1, 0)))
    return (*steps, Reshape(to=target))


def flattened(shape: Shape) -> tuple[Step, ...]:
    """Return the step from a port of a Program's shape `shape` to a flat one in Lava's order."""
    return () if len(shape) == 1 else (Reshape(to=(math.prod(shape),)),)


def unflattened(shape: Shape) -> tuple[Step, ...]:
    """Return the step from a flat port in Lava's order to one of a Program's shape `shape`."""
    return () if len(shape) == 1 else (Reshape(to=lava_shape(shape)),)
