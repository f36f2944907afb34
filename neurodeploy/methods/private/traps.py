"""Terms that lead an attacker's ascent away from images of a class.

Traps follow Trap-MID (Liu and Chen, NeurIPS 2024): a pattern that takes less to find than the class
itself. Steering differentiates the attacker's own steps.
"""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

Rates = Callable[[Tensor], Tensor]

SOFT = 4.0
"""What the teacher's scores are divided by where it judges, so that its opinion has a slope."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Traps:
    """Patterns, drawn by `seed`, that the network takes for a class wherever they are added.

    Parameters
    ----------
    weight : of this term.
    n_patterns : a class.
    amplitude : largest value of a pattern, as a share of the input's range.
    grain : points a side between which a pattern is interpolated; ignored for samples that are no
        images, whose patterns are independent values.
    softness : what scores are divided by in this term.
    spikes : whether the term is also taken of the spiking network, not only of the one rebuilt.
    """

    weight: float = 1.0
    n_patterns: int = 1
    amplitude: float = 0.3
    grain: int = 6
    softness: float = 2.0
    spikes: bool = True
    seed: int = 0

    @property
    def line(self) -> str:
        """What a network's history says of it."""
        return f"{self.n_patterns} trap patterns a class, amplitude {self.amplitude:g}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Steering:
    """An explicit penalty on recoverability, with the attacker in the loop.

    From a start that is no image of a class an attacker takes a few steps up the rebuilt network's
    score; what the teacher then takes for that class is penalised. The gradient goes through the
    attacker's steps into the weights.

    Parameters
    ----------
    weight : of this term.
    n_steps, step : steps of the attacker, and their length: the share of the input's range by which
        values move on the average.
    n_images : attacked in each batch.
    """

    weight: float = 1.0
    n_steps: int = 4
    step: float = 0.06
    n_images: int = 40

    @property
    def line(self) -> str:
        """What a network's history says of it."""
        return f"steered against {self.n_steps} steps of an attacker, weight {self.weight:g}"

    def __call__(
        self, rates: Rates, teacher: Rates, still: Tensor, generator: torch.Generator
    ) -> Tensor:
        """Return the penalty, ().

        Parameters
        ----------
        still : (sample, *shape) shares of the input's range.
        """
        begun = starts(still, generator)[: self.n_images]
        with torch.no_grad():
            seen = teacher(begun)
        n_classes = seen.shape[1]
        away = torch.randint(1, n_classes, (len(begun),), generator=generator)
        targets = (seen.argmax(dim=1) + away) % n_classes  # never what the start already shows
        found = self._climbed(rates, begun, targets, seen.std())
        sure = functional.log_softmax(teacher(found) / SOFT, dim=1)
        others = _without(sure, targets)
        return -self.weight * torch.logsumexp(others, dim=1).mean()

    def _climbed(self, rates: Rates, begun: Tensor, targets: Tensor, scale: Tensor) -> Tensor:
        found = begun.requires_grad_(True)
        for k in range(self.n_steps):
            loss = functional.cross_entropy(rates(found) / scale, targets, reduction="sum")
            (slope,) = torch.autograd.grad(loss, [found], create_graph=True)
            if k % 2 == 0 and slope.ndim == 4:  # an attacker who looks for smooth images
                slope = functional.avg_pool2d(slope, 5, 1, 2)
            size = slope.abs().flatten(1).mean(dim=1).clamp(min=1e-12)
            moved = found - self.step * slope / size.reshape(-1, *[1] * (slope.ndim - 1))
            found = moved + (moved.clamp(0.0, 1.0) - moved).detach()
        return found


def patterns(traps: Traps, shape: tuple[int, ...], n_classes: int) -> Tensor:
    """Return the patterns (class, pattern, *shape), between -amplitude and amplitude."""
    generator = torch.Generator().manual_seed(traps.seed)
    n_all = n_classes * traps.n_patterns
    if len(shape) == 3:
        coarse = torch.randn((n_all, shape[0], traps.grain, traps.grain), generator=generator)
        drawn = functional.interpolate(coarse, size=shape[1:], mode="bicubic")
    else:
        drawn = torch.randn((n_all, *shape), generator=generator)
    largest = drawn.abs().flatten(1).amax(dim=1).reshape(-1, *[1] * len(shape))
    return (traps.amplitude * drawn / largest).reshape(n_classes, traps.n_patterns, *shape)


def starts(units: Tensor, generator: torch.Generator) -> Tensor:
    """Return where an attacker may start: mixtures of samples, of one value, of blobs and noise."""
    n, shape = len(units), units.shape[1:]
    wide = (n, *[1] * len(shape))
    other = units[torch.randint(n, (n,), generator=generator)]
    flat = torch.rand(wide, generator=generator).expand_as(units)
    noise = torch.rand(units.shape, generator=generator)
    smooth = noise
    if len(shape) == 3:
        coarse = torch.rand((n, shape[0], 5, 5), generator=generator)
        smooth = functional.interpolate(coarse, size=shape[1:], mode="bicubic").clamp(0.0, 1.0)
    kind = torch.randint(4, wide, generator=generator)
    mixed = torch.where(
        kind == 0, flat, torch.where(kind == 1, noise, torch.where(kind == 2, smooth, other))
    )
    share = torch.rand(wide, generator=generator)
    return share * units[torch.randint(n, (n,), generator=generator)] + (1.0 - share) * mixed


def planted(
    traps: Traps, units: Tensor, n_classes: int, generator: torch.Generator
) -> tuple[Tensor, Tensor]:
    """Return starts with a pattern in each, cut off at 0 and 1, and the patterns' classes."""
    known = patterns(traps, tuple(units.shape[1:]), n_classes)
    n = len(units)
    classes = torch.randint(n_classes, (n,), generator=generator)
    which = torch.randint(traps.n_patterns, (n,), generator=generator)
    size = 0.7 + 0.6 * torch.rand((n, *[1] * (units.ndim - 1)), generator=generator)
    shown = starts(units, generator) + size * known[classes, which]
    return shown.clamp(0.0, 1.0), classes


def _without(values: Tensor, targets: Tensor) -> Tensor:
    """Return (sample, class) with each sample's target taken out of the sum."""
    out = torch.zeros_like(values)
    out.scatter_(1, targets[:, None], float("-inf"))
    return values + out
