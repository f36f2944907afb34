"""Energy of one access to a memory, from its capacity."""

from itertools import pairwise

from neurodeploy.hardware import Quantity, grade
from neurodeploy.report.energy_models.page import Memory


def access(memory: Memory, n_words: float) -> Quantity:
    """Return the energy of bringing one word from or to a memory of `n_words`, in joules.

    Linear between the capacities of the page, from 0 for no memory; the last line goes on. The
    value charges whole accesses, the low end the word's share of them, and the high end the
    straight line of the rule's authors where that lies higher.
    """
    n_bytes = n_words * memory.word_bits / 8
    whole = -(-memory.word_bits // memory.access_bits)
    share = memory.word_bits / memory.access_bits
    figures = [*(energy for _, energy in memory.access), memory.line_offset]
    low, value, high = (
        _interpolated(memory, n_bytes, k) * factor
        for k, factor in ((0, share), (1, whole), (2, whole))
    )
    line = (memory.line_offset.high or 0.0) + 8 * n_bytes * (memory.line_per_bit.high or 0.0)
    names = dict.fromkeys(name for figure in figures for name in figure.source.split("; "))
    return Quantity(
        value=value,
        low=low,
        high=max(high, line * whole) if n_words else 0.0,
        unit="J",
        evidence=grade(tuple(figure.evidence for figure in figures)),
        source="; ".join(names),
    )


def queue(memory: Memory, n_inputs: int) -> Quantity:
    """Return the energy of an access to the queue of events of a layer with `n_inputs`."""
    words = memory.fifo_words_per_input
    low, value, high = (
        access(memory, n_inputs * (part or 0.0)) for part in (words.low, words.value, words.high)
    )
    return Quantity(
        value=value.value,
        low=low.low,
        high=high.high,
        unit="J",
        evidence=grade((value.evidence, words.evidence)),
        source="; ".join(dict.fromkeys((*value.source.split("; "), *words.source.split("; ")))),
    )


def _interpolated(memory: Memory, n_bytes: float, k: int) -> float:
    """Return the energy of an access, for the low (0), nominal (1) or high (2) estimate."""
    knots = [(0.0, 0.0)] + [(c.value or 0.0, _parts(e)[k]) for c, e in memory.access]
    ends = next((pair for pair in pairwise(knots) if n_bytes <= pair[1][0]), (knots[-2], knots[-1]))
    (x0, y0), (x1, y1) = ends
    return y0 + (y1 - y0) * (n_bytes - x0) / (x1 - x0)


def _parts(quantity: Quantity) -> tuple[float, float, float]:
    return quantity.low or 0.0, quantity.value or 0.0, quantity.high or 0.0
