"""Alternatives of the weights: clipped to another range, or rounded otherwise."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from neurodeploy.program import Direct
from neurodeploy.program.fixed_point import SignMode, sign_mode_of, stored_mantissa
from neurodeploy.verification.alternatives.alternative import Alternative, Rule
from neurodeploy.verification.alternatives.replaced import with_other_weights
from neurodeploy.verification.layer import Layer

Ints = NDArray[np.int32]


def clipped(layer: Layer) -> Iterator[Alternative]:
    """Yield weights that are clipped to fewer bits, and weights that were clipped and are not."""
    for projection in layer.projections:
        if isinstance(projection.operator, Direct):
            continue
        mantissa = projection.operator.mantissa
        for low, high in _ranges(mantissa):
            says = f"clips its weights to {low}..{high}"
            kept = np.clip(mantissa, low, high)
            yield from with_other_weights(layer, Rule.SATURATION, projection, says, kept)
        wanted = layer.unrounded.get(projection.name)
        if wanted is not None:
            step = _step(mantissa)
            whole = step * np.rint(wanted / step)
            beyond = (np.abs(wanted - mantissa) > step) & (np.abs(mantissa) >= 127)
            says = "keeps weights that this program clips"
            kept = np.where(beyond, whole, mantissa)
            yield from with_other_weights(layer, Rule.SATURATION, projection, says, kept)


def rounded(layer: Layer) -> Iterator[Alternative]:
    """Yield weights of mixed signs made even, and weights rounded otherwise from the model's."""
    for projection in layer.projections:
        if isinstance(projection.operator, Direct):
            continue
        mantissa, name = projection.operator.mantissa, projection.name
        if sign_mode_of(mantissa) is SignMode.MIXED:
            half = mantissa / 2
            for says, even in (("down", np.floor(half)), ("toward zero", np.trunc(half))):
                words = f"makes odd weights of mixed signs even, {says}"
                yield from with_other_weights(layer, Rule.ROUNDING, projection, words, 2 * even)
        if name in layer.unrounded:
            for words, other in _roundings(layer.unrounded[name], _step(mantissa)):
                yield from with_other_weights(layer, Rule.ROUNDING, projection, words, other)


def stored(layer: Layer) -> Iterator[Alternative]:
    """Yield weights that are both clipped and rounded as a core keeps them."""
    for projection in layer.projections:
        if isinstance(projection.operator, Direct):
            continue
        mantissa = projection.operator.mantissa
        kept = stored_mantissa(mantissa)
        if (np.abs(kept - mantissa) > 1).any() and (mantissa % 2).any():
            says = "clips and rounds its weights as a core stores them"
            yield from with_other_weights(layer, Rule.SATURATION, projection, says, kept)


def _ranges(mantissa: Ints) -> list[tuple[int, int]]:
    """Return the ranges of 4 to 16 bits that some weight leaves, widest first."""
    found = []
    mode, largest = sign_mode_of(mantissa), int(np.abs(mantissa).max(initial=0))
    for bits in range(16, 3, -1):
        unit = 1 << bits
        if unit >> 1 > largest:
            continue
        if mode is SignMode.MIXED:
            found += [(-unit, unit - 2), (-unit, unit - 1), (1 - unit, unit - 1)]
        else:
            found.append((0, unit - 1) if mode is SignMode.EXCITATORY else (1 - unit, 0))
    return found


def _roundings(wanted: NDArray[np.float64], step: int) -> list[tuple[str, NDArray[np.float64]]]:
    found = [
        (f"rounds its weights down to multiples of {step}", step * np.floor(wanted / step)),
        (f"rounds its weights toward zero to multiples of {step}", step * np.trunc(wanted / step)),
    ]
    if step == 2:
        found.append(("keeps odd weights of mixed signs, rounded to units", np.rint(wanted)))
    return found


def _step(mantissa: Ints) -> int:
    """Return the distance of the weights that a core keeps: 2 where signs are mixed."""
    return 2 if sign_mode_of(mantissa) is SignMode.MIXED else 1
