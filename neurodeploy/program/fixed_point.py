"""Loihi's integer arithmetic: wraps, truncating decay, and weights as a core keeps them.

Source: Lava 0.10.0 fixed-point process models, run and compared bit for bit.
"""

from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

Integers = NDArray[np.int64]


class SignMode(StrEnum):
    """Which signs the weights of one operator may have."""

    MIXED = "mixed"
    EXCITATORY = "excitatory"
    INHIBITORY = "inhibitory"
    NULL = "null"


def wrap(values: Integers, bits: int) -> Integers:
    """Return `values` in two's complement of `bits` bits, int64."""
    half = 1 << (bits - 1)
    return ((values + half) & ((1 << bits) - 1)) - half


def wrap_once(values: Integers, limit: int) -> Integers:
    """Return `values` folded once into (-limit, limit]: what Loihi's current does.

    A value beyond twice the limit stays outside; +limit stays, -limit becomes +limit.
    """
    return values - 2 * limit * (values > limit) + 2 * limit * (values <= -limit)


def decayed(state: Integers, factor: Integers, bits: int) -> Integers:
    """Return ``state * factor / 2**bits``, rounded toward zero."""
    product = state * factor
    return np.sign(product) * (np.abs(product) >> bits)


def shifted(values: Integers, exponent: int) -> Integers:
    """Return ``values * 2**exponent``, rounded down."""
    return values << exponent if exponent >= 0 else values >> -exponent


def sign_mode_of(weights: NDArray[Any]) -> SignMode:
    """Return the sign mode that Lava infers: all-zero is excitatory."""
    if weights.size == 0 or weights.min() >= 0:
        return SignMode.EXCITATORY
    return SignMode.INHIBITORY if weights.max() <= 0 else SignMode.MIXED


def stored_mantissa(
    weights: NDArray[Any], mode: SignMode | None = None, weight_bits: int = 8
) -> NDArray[np.int32]:
    """Return dense or sparse weights as a core keeps them.

    Clipped to the sign mode's range, then floored to `weight_bits`; mixed signs lose the least bit.
    Source: `lava.utils.weightutils` of Lava 0.10.0, compared bit for bit.
    """
    mode = sign_mode_of(weights) if mode is None else mode
    flip = -1 if mode is SignMode.INHIBITORY else 1
    low, high = (-256, 255) if mode is SignMode.MIXED else (0, 255)
    clipped = np.clip(np.trunc(weights).astype(np.int64) * flip, low, high)
    lost_bits = max(8 - weight_bits + (mode is SignMode.MIXED), 0)
    return (((clipped >> lost_bits) << lost_bits) * flip).astype(np.int32)
