"""How lava-dl's netx stores dense weights, and which of them that changes.

Source: `lava.lib.dl.netx.utils.optimize_weight_bits` (lava-nc/lava-dl 050f7b4) shifts a matrix as
far left as a core's 8 bits allow and gives the inverse exponent; Lava's Dense then clips and
truncates. Where nothing is clipped the product is the file's own integer, at exponent 0.
Convolutions are stored as they are.
"""

import math

import numpy as np
from numpy.typing import NDArray

from neurodeploy.program.fixed_point import Integers, SignMode, sign_mode_of, stored_mantissa


def changed_by_netx(weight: Integers) -> NDArray[np.bool_]:
    """Return where what Lava multiplies with is not the file's `weight` (n_out, n_in)."""
    low, high = int(weight.min(initial=0)), int(weight.max(initial=0))
    mixed = bool((weight < 0).any() and (weight >= 0).any())
    if mixed:
        low, high = max(low, -256), min(high, 254)
    kept = np.clip(weight, low, high)
    shift = _shift(low, high, mixed)
    weight_bits = 8 - shift - (_common_zeros(kept) - mixed)
    if weight_bits > 8 + (sign_mode_of(kept) is SignMode.MIXED):
        return weight != 0  # Lava shifts by a negative number of bits, which leaves nothing
    return stored_mantissa(kept << shift, None, weight_bits) != weight << shift


def _shift(low: int, high: int, mixed: bool) -> int:
    """Return how many bits to the left the weights fit into a core; at least 0."""
    positive, negative = (127, 128) if mixed else (255, 256)
    room = min(positive / high if high > 0 else math.inf, negative / -low if low < 0 else math.inf)
    return 0 if math.isinf(room) else max(math.floor(math.log2(room)) + mixed, 0)


def _common_zeros(weight: Integers) -> int:
    """Return how many low bits, at most 8, are 0 in every weight."""
    return next(n for n in range(8, -1, -1) if not (weight % (1 << n)).any())
