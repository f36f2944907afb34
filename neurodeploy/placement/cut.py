"""A population is cut into the fewest slices that a core can hold."""

from collections.abc import Callable
from functools import partial

from neurodeploy.program.program import Population

Range = tuple[int, int]
Fits = Callable[[int, int], bool]


def cut(population: Population, fits: Fits) -> tuple[Range, ...]:
    """Return ranges that cover `population`, each as long as `fits(start, stop)` allows.

    A range of a (channels, height, width) population is whole channels, or whole rows of one
    channel. The ranges end early where a single neuron, or row, does not fit.

    Parameters
    ----------
    fits : must allow every part of a range that it allows.
    """
    found = []
    start = 0
    while start < population.size:
        stop = longest(population, start, fits)
        if stop is None:
            break
        found.append((start, stop))
        start = stop
    return tuple(found)


def smallest(population: Population) -> int:
    """Return the neurons of the smallest slice: one, or a row of a channel."""
    return population.shape[2] if len(population.shape) == 3 else 1


def longest(population: Population, start: int, fits: Fits) -> int | None:
    """Return where the longest slice from `start` that fits ends; None if none does."""
    for choices in _ends(population, start):
        n_fitting = _count(choices, partial(fits, start))
        if n_fitting:
            return choices[n_fitting - 1]
    return None


def _ends(population: Population, start: int) -> tuple[range, ...]:
    """Return where a slice from `start` may end: coarse steps, then finer ones instead."""
    size = population.size
    if len(population.shape) != 3:
        return (range(start + 1, size + 1),)
    plane, row = population.shape[1] * population.shape[2], population.shape[2]
    within = range(start + row, (start // plane + 1) * plane + 1, row)
    whole = range(start + plane, size + 1, plane)
    return (within,) if start % plane else (whole, within)


def _count(choices: range, fits: Callable[[int], bool]) -> int:
    """Return how many of the ascending `choices` fit: doubled until one does not, then bisected.

    So that what is asked of `fits` is in proportion to the answer, not to the population.
    """
    step = 1
    while step <= len(choices) and fits(choices[step - 1]):
        step *= 2
    low, high = step // 2, min(step - 1, len(choices))
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if fits(choices[middle - 1]) else (low, middle - 1)
    return low
