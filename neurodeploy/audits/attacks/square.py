"""Square: a random search that only asks, with patches whose side shrinks.

Source: Andriushchenko et al. 2020, algorithms 1 and 2 for L-infinity, and their schedule of sizes.
It needs no gradient, so it is tried on anything that answers, integers included.
"""

from collections.abc import Callable

import torch
from torch import Tensor

from neurodeploy.audits.attacks.ball import Ball
from neurodeploy.audits.attacks.crafted import Crafted

SHARE = 0.8
"""Share of a sample that the first patch covers."""

HALVED_AFTER = (10, 50, 200, 1000, 2000, 4000, 6000, 8000)
"""Queries of 10,000 after which the share is halved."""

Scores = Callable[[Tensor], Tensor]
"""What a network answers, (sample, class): logits, counts or integers; the largest one wins."""


def square(
    scores: Scores,
    x: Tensor,
    labels: Tensor,
    ball: Ball,
    generator: torch.Generator,
    *,
    n_queries: int,
    share: float = SHARE,
) -> Crafted:
    """Return samples changed in patches by +radius or -radius, wherever that lowers the margin.

    The margin is the label's score less the best other; a sample below 0 is done.
    """
    moved = ball.projected(x + ball.radius * _stripes(x, generator), x)
    best = margin(scores(moved), labels)
    for k in range(1, n_queries):
        at = (best >= 0).nonzero().squeeze(1)
        if not len(at):
            break
        here = moved[at]
        patch = _patch(here, share * 0.5 ** _n_halvings(k, n_queries), generator)
        signs = _signs((len(at), here.shape[1], *[1] * (here.dim() - 2)), here, generator)
        tried = torch.where(patch, x[at] + ball.radius * signs, here)
        tried = ball.projected(tried, x[at])
        found = margin(scores(tried), labels[at])
        better = found < best[at]
        moved[at[better]], best[at[better]] = tried[better], found[better]
    return Crafted(x=moved, is_dead=torch.zeros(len(x), dtype=torch.bool, device=x.device))


def margin(scores: Tensor, labels: Tensor) -> Tensor:
    """Return the label's score less the best other, (sample,); a tie goes to the lowest class."""
    own = scores.gather(1, labels[:, None]).squeeze(1)
    other = scores.scatter(1, labels[:, None], -torch.inf)
    best, winner = other.max(dim=1)
    # An integer network ties often: the class of the lower index wins, as a readout decides.
    lost = (own == best) & (winner < labels)
    return torch.where(lost, -torch.ones_like(own) * 1e-9, own - best)


def _n_halvings(query: int, n_queries: int) -> int:
    return sum(query > after * n_queries / 10_000 for after in HALVED_AFTER)


def _stripes(x: Tensor, generator: torch.Generator) -> Tensor:
    """Return +1 or -1, the same down each column of a channel."""
    shape = (*x.shape[:-2], 1, x.shape[-1]) if x.dim() > 3 else x.shape
    return _signs(shape, x, generator).expand(x.shape)


def _signs(shape: tuple[int, ...], like: Tensor, generator: torch.Generator) -> Tensor:
    drawn = torch.randint(0, 2, shape, generator=generator).to(like.device, like.dtype)
    return 2.0 * drawn - 1.0


def _patch(x: Tensor, share: float, generator: torch.Generator) -> Tensor:
    """Return whether each place lies in a sample's patch, of that share of the last two axes.

    Where a sample has one axis, the patch is a stretch of it; further axes are covered whole, each
    channel with its own sign.
    """
    if x.dim() == 2:
        return _stretch(x.shape[1], max(round(share * x.shape[1]), 1), len(x), generator)
    height, width = x.shape[-2:]
    side = max(round((share * height * width) ** 0.5), 1)
    rows = _stretch(height, min(side, height), len(x), generator)
    columns = _stretch(width, min(side, width), len(x), generator)
    inside = rows[:, :, None] & columns[:, None, :]
    return inside.reshape(len(x), *[1] * (x.dim() - 3), height, width).to(x.device)


def _stretch(length: int, side: int, n_samples: int, generator: torch.Generator) -> Tensor:
    """Return (sample, length), true over `side` places from a random one on."""
    first = torch.randint(0, length - side + 1, (n_samples, 1), generator=generator)
    places = torch.arange(length)[None]
    return (places >= first) & (places < first + side)
