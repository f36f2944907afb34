"""Attacks on spikes: a counted number of them added, dropped or shifted in time.

Greedy by the gradient of the series, which says of every place what one spike more or less would
do to the objective, to first order; and the same at random, which is what gradients must beat.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from neurodeploy.audits.attacks.gradient import slope
from neurodeploy.audits.attacks.objective import Logits, cross_entropy

PLACES = 4
"""Candidates looked at for each change wanted, since two may want one place."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edited:
    """Series as an attack left them at one budget.

    Parameters
    ----------
    x : (sample, step, *shape) counts.
    n_changes : (sample,) spikes added, dropped or shifted, never above the budget.
    fooled : (sample,)
    """

    budget: int
    x: Tensor
    n_changes: Tensor
    fooled: Tensor


def edited(
    logits: Logits,
    x: Tensor,
    labels: Tensor,
    operations: Sequence[str],
    budgets: Sequence[int],
    *,
    reach: int,
    generator: torch.Generator | None = None,
) -> Iterator[Edited]:
    """Yield the series after each of the rising `budgets`; a sample that is fooled is left alone.

    Parameters
    ----------
    x : (sample, step, *shape) counts of spikes.
    operations : of ``add`` (a spike where there is none), ``drop`` and ``shift`` (one spike, up to
        `reach` steps, to where there is none); each is one change, and no place is changed twice.
    generator : draws changes at random instead of following the gradient.
    """
    series = x.clone()
    touched = torch.zeros(x.shape, dtype=torch.bool)
    n_changes = torch.zeros(len(x), dtype=torch.long)
    fooled = _classes(logits, series) != labels
    for budget in budgets:
        at = (~fooled).nonzero().squeeze(1)
        if len(at):
            gain = _gain(logits, series[at], labels[at], generator)
            for k, place in enumerate(at.tolist()):
                wanted = budget - int(n_changes[place])
                n_changes[place] += _change(
                    series[place], touched[place], gain[k], operations, reach, wanted
                )
            fooled[at] = _classes(logits, series[at]) != labels[at]
        yield Edited(
            budget=budget, x=series.clone(), n_changes=n_changes.clone(), fooled=fooled.clone()
        )


def _gain(logits: Logits, x: Tensor, labels: Tensor, generator: torch.Generator | None) -> Tensor:
    """Return what one spike more at each place is worth; at random, noise of either sign."""
    if generator is not None:
        return torch.randn(x.shape, generator=generator)
    parts = []
    for at in torch.split(torch.arange(len(x)), 8):
        found = slope(logits, x[at], cross_entropy(labels[at]), torch.arange(len(at)))
        parts.append(found.gradient)
    return torch.cat(parts)


def _change(
    series: Tensor,
    touched: Tensor,
    gain: Tensor,
    operations: Sequence[str],
    reach: int,
    wanted: int,
) -> int:
    """Change one sample in place at up to `wanted` of its most promising places; return how many.

    A change that promises nothing is not made.
    """
    found = [
        change
        for operation in operations
        for change in _candidates(series, touched, gain, operation, reach, PLACES * wanted)
    ]
    found.sort(key=lambda change: -change[0])
    flat, seen, n_done = series.view(-1), touched.view(-1), 0
    for _, source, target in found:
        if n_done == wanted:
            break
        places = [place for place in (source, target) if place is not None]
        if any(bool(seen[place]) for place in places):
            continue
        if source is not None:
            flat[source] -= 1
        if target is not None:
            flat[target] += 1
        for place in places:
            seen[place] = True
        n_done += 1
    return n_done


Change = tuple[float, int | None, int | None]
"""What it is worth, the place that loses a spike and the one that gets one."""


def _candidates(
    series: Tensor, touched: Tensor, gain: Tensor, operation: str, reach: int, most: int
) -> list[Change]:
    is_empty, is_full = (series == 0) & ~touched, (series >= 1) & ~touched
    if operation == "add":
        return [(worth, None, place) for worth, place in _best(gain, is_empty, most)]
    if operation == "drop":
        return [(worth, place, None) for worth, place in _best(-gain, is_full, most)]
    size = series[0].numel()
    changes: list[Change] = []
    for by in (d for far in range(1, reach + 1) for d in (-far, far)):
        worth = _later(gain, -by) - gain
        fits = is_full & _later(is_empty, -by)
        moved = _best(worth, fits, most)
        changes += [(value, place, place + by * size) for value, place in moved]
    return changes


def _best(worth: Tensor, fits: Tensor, most: int) -> list[tuple[float, int]]:
    """Return the places that are worth most, and above 0."""
    open_to = torch.where(fits, worth, -torch.inf).view(-1)
    values, places = open_to.topk(min(most, len(open_to)))
    good = values > 0
    return list(zip(values[good].tolist(), places[good].tolist(), strict=True))


def _later(values: Tensor, by: int) -> Tensor:
    """Return `values` (step, ...) some steps later, with nothing where there was no step."""
    moved = torch.zeros_like(values)
    if by > 0:
        moved[by:] = values[:-by]
    else:
        moved[:by] = values[-by:]
    return moved


def _classes(logits: Logits, x: Tensor) -> Tensor:
    with torch.no_grad():
        return torch.cat([logits(part).argmax(dim=1) for part in torch.split(x, 16)])
