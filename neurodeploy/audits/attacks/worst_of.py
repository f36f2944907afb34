"""The worst of several attacks, sample by sample: one is robust if none of them fools it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from neurodeploy.audits.attacks.crafted import Crafted

BATCH = 250

Answer = Callable[[Tensor], Tensor]
"""The class (sample,) that the attacked network gives to samples."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One attack under a name: makes samples of (samples, labels, generator)."""

    name: str
    craft: Callable[[Tensor, Tensor, torch.Generator], Crafted]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """Adversarial samples (sample, ...) that were made elsewhere, of all samples."""

    name: str
    x: Tensor


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What one attempt did.

    Parameters
    ----------
    fooled : (sample,) which of all samples it turned.
    tried : (sample,) which it was tried on.
    n_dead : of those tried, samples whose gradient was 0 throughout.
    """

    name: str
    fooled: Tensor
    tried: Tensor
    n_dead: int

    @property
    def n_tried(self) -> int:
        """Samples it was tried on."""
        return int(self.tried.sum())

    @property
    def n_fooled(self) -> int:
        """Samples it turned."""
        return int(self.fooled.sum())


@dataclass(frozen=True, slots=True, kw_only=True)
class Worst:
    """What all attempts did together.

    Parameters
    ----------
    is_right : (sample,) whether the clean sample is classified rightly.
    survives : (sample,) whether it is, and no attempt changed that.
    x : (sample, ...) the first adversarial sample found; where there is none, what the last
        attempt made of it, and the clean sample where it was wrong from the start.
    """

    is_right: Tensor
    survives: Tensor
    x: Tensor
    outcomes: tuple[Outcome, ...]


def worst_of(
    attempts: Sequence[Attempt | Ready],
    x: Tensor,
    labels: Tensor,
    answer: Answer,
    *,
    seed: int = 0,
    alone: bool = False,
    batch: int = BATCH,
    on_batch: Callable[[str, int], None] | None = None,
) -> Worst:
    """Return what is left of the samples after every attempt.

    Parameters
    ----------
    x, labels : (sample, ...), (sample,)
    alone : whether each attempt is tried on all samples that were right at first, so that its own
        figure is known; else only on those that no attempt before it has turned.
    on_batch : told the attempt's name and how many samples it has done; may raise to stop.
    """
    is_right = answers(answer, x, batch) == labels
    survives, worst = is_right.clone(), x.clone()
    outcomes = []
    for attempt in attempts:
        tried = (is_right if alone else survives).clone()
        generator = torch.Generator().manual_seed(_seed(seed, attempt.name))
        fooled, n_dead, n_done = torch.zeros_like(tried), 0, 0
        for at in _places(tried, batch):
            crafted = _crafted(attempt, x, labels, at, generator)
            fooled[at] = answer(crafted.x) != labels[at]
            was_left = survives[at]
            worst[at[was_left]] = crafted.x[was_left]
            survives[at] &= ~fooled[at]
            n_dead += int(crafted.is_dead.sum())
            n_done += len(at)
            if on_batch is not None:
                on_batch(attempt.name, n_done)
        outcomes.append(Outcome(name=attempt.name, fooled=fooled, tried=tried, n_dead=n_dead))
    return Worst(is_right=is_right, survives=survives, x=worst, outcomes=tuple(outcomes))


def answers(answer: Answer, x: Tensor, batch: int = BATCH) -> Tensor:
    """Return the classes (sample,) of all samples, asked in batches."""
    return torch.cat([answer(part) for part in torch.split(x, batch)])


def by_name(worst: Worst) -> Mapping[str, Outcome]:
    """Return the outcomes by the attempts' names."""
    return {outcome.name: outcome for outcome in worst.outcomes}


def _crafted(
    attempt: Attempt | Ready, x: Tensor, labels: Tensor, at: Tensor, generator: torch.Generator
) -> Crafted:
    if isinstance(attempt, Ready):
        return Crafted(x=attempt.x[at], is_dead=torch.zeros(len(at), dtype=torch.bool))
    return attempt.craft(x[at], labels[at], generator)


def _places(wanted: Tensor, batch: int) -> Iterator[Tensor]:
    found = wanted.nonzero().squeeze(1)
    return iter(torch.split(found, batch)) if len(found) else iter(())


def _seed(seed: int, name: str) -> int:
    """Return a seed of an attempt's own, so that adding one does not change the others' draws."""
    words = np.random.SeedSequence([seed, *name.encode()]).generate_state(2)
    return int(words[0]) | int(words[1] & 0x3FFFFFFF) << 32
