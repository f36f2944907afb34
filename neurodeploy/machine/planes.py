"""`Planes`: a table as planes of bits, for rasters in which many neurons fire.

A number that each neuron adds is taken apart into its binary digits. The neurons that have one
digit are a plane of bits, one a neuron; those of them that fired are counted 64 at a time. A step
then costs the same however many fire. Numbers that nearly all neurons share, as the synapses of a
dense layer that are not 0, are taken as the largest of them less what is missing.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from neurodeploy.machine.compiled import compiled
from neurodeploy.machine.counts import Kept
from neurodeploy.machine.lanes import LANES, count_bits
from neurodeploy.storage.arrays import frozen

Ints = NDArray[np.int64]
Bits = NDArray[np.uint64]

WIDTHS = (8, 16, 32, 64)
"""Planes of a step, the rest of which are empty."""

WORDS = 8
"""Words of planes that are counted while a table adds up one spike, about."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Planes:
    """What every value that is not 0 causes.

    Parameters
    ----------
    bits : (part, width): bit i of part p is neuron ``p * LANES + i``.
    effects : (effect, 3): a plane, what is added to, and how much a neuron of the plane adds.
    """

    bits: Bits
    effects: Ints

    def sooner(self, n_rows: int, n_spikes: int) -> bool:
        """Return whether these planes are counted sooner than the spikes are added up."""
        return self.bits.size * n_rows < WORDS * n_spikes

    def add(self, masks: Bits, counts: Kept) -> None:
        """Add to `counts` (row, target) what the neurons cause that fired in each row.

        Parameters
        ----------
        masks : (row, part), as `machine.spikes.Listed` has them.
        """
        _add(masks, self.bits, self.effects, counts)


def planes_of(
    weights: NDArray[np.integer], columns: Ints, targets: Ints, factors: Ints
) -> Planes | None:
    """Return the planes, or None where they would be too many.

    Parameters
    ----------
    weights : (neuron, column), none negative.
    columns, targets, factors : (effect,): a column, what it is added to, and times how much.
    """
    if weights.min(initial=0) < 0:
        return None
    numbers: dict[bytes, int] = {}
    effects = []
    for column in np.unique(columns):
        own = np.flatnonzero(columns == column)
        for plane, digit in _digits(weights[:, column].astype(np.int64)):
            number = numbers.setdefault(plane, len(numbers))
            effects += [(number, targets[k], digit * factors[k]) for k in own]
    width = next((w for w in WIDTHS if w >= len(numbers)), None)
    if width is None or not numbers:
        return None
    bits = np.stack([np.frombuffer(plane, np.uint64) for plane in numbers], axis=1)
    return Planes(
        bits=frozen(np.pad(bits, ((0, 0), (0, width - len(numbers)))), np.uint64),
        effects=frozen(effects, np.int64),
    )


def _digits(values: Ints) -> list[tuple[bytes, int]]:
    """Return planes and what each adds, the shorter of two ways to write the same numbers."""
    top = int(values.max(initial=0))
    missing = [(_plane(np.ones_like(values)), top), *_binary(top - values, -1)]
    return min(list(_binary(values, 1)), missing, key=len)


def _binary(values: Ints, unit: int) -> Iterator[tuple[bytes, int]]:
    for digit in range(int(values.max(initial=0)).bit_length()):
        plane = (values >> digit) & 1
        if plane.any():
            yield _plane(plane), unit << digit


def _plane(digits: Ints) -> bytes:
    """Return a bit for each neuron, in whole words."""
    words = np.zeros(-(-len(digits) // LANES), np.uint64)
    packed = np.packbits(digits.astype(np.bool_), bitorder="little")
    words.view(np.uint8)[: len(packed)] = packed
    return words.tobytes()


@compiled
def _add(masks: Bits, bits: Bits, effects: Ints, counts: Kept) -> None:
    n_parts, width = bits.shape
    found = np.zeros(width, np.int64)
    for row in range(len(masks)):
        if width == 8:
            count_bits(masks, row, bits, n_parts, 8, found)
        elif width == 16:
            count_bits(masks, row, bits, n_parts, 16, found)
        elif width == 32:
            count_bits(masks, row, bits, n_parts, 32, found)
        else:
            count_bits(masks, row, bits, n_parts, 64, found)
        for k in range(np.uintp(len(effects))):
            often = found[np.uintp(effects[k, 0])]
            counts[np.uintp(row), np.uintp(effects[k, 1])] += often * effects[k, 2]
