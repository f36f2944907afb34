"""A network gone through layer by layer, each over all batches and steps before the next."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from neurodeploy.learning.twin.operators import NormModule
from neurodeploy.learning.twin.paths import ThroughTime
from neurodeploy.learning.twin.schedule import arriving
from neurodeploy.learning.twin.twin import Twin
from neurodeploy.model import Population, Projection
from neurodeploy.terms import Reset


@dataclass(frozen=True, slots=True, kw_only=True)
class Spikes:
    """How a layer spikes: from ``v0 theta``, at `theta`, each spike of the value `theta`."""

    theta: float
    v0: float
    reset: Reset


class Sweep:
    """The values that every layer gone through so far sends, by batch.

    Spikes are kept as bits: a layer of 16,384 neurons makes 1.6 million of them in 100 steps.

    Parameters
    ----------
    twin : of the artificial network; in training mode BatchNorm takes each batch's statistics.
    series : batches (sample, step, *shape).
    """

    def __init__(self, twin: Twin, series: list[Tensor]) -> None:
        self.twin = twin
        entry = twin.template.inputs[0].name
        self._sent: list[dict[str, _Bits | Tensor]] = [{entry: x.transpose(0, 1)} for x in series]

    def currents(self, population: Population) -> Iterator[Tensor]:
        """Yield what arrives at `population` in each batch, (step, sample, *shape)."""
        needed = {s for p in self._into(population) for s in p.sources}
        entry = self.twin.template.inputs[0].name
        for sent in self._sent:
            values = {name: _unpacked(sent[name]) for name in needed | {entry}}
            yield arriving(self.twin, population, values)

    def estimate(self, population: Population) -> None:
        """Set the statistics of the BatchNorms before `population` to the mean of its batches'."""
        norms = [
            module
            for projection in self._into(population)
            for module in self.twin.chain(projection)
            if isinstance(module, NormModule)
        ]
        if not norms:
            return
        momenta = [norm.momentum for norm in norms]
        currents = self.currents(population)
        for k in range(len(self._sent)):
            for norm in norms:
                norm.train()
                norm.momentum = 1.0 / (k + 1)
            next(currents)
        for norm, momentum in zip(norms, momenta, strict=True):
            norm.eval()
            norm.momentum = momentum

    def pass_on(self, population: Population, spikes: Spikes | None) -> None:
        """Let `population` spike, or without `spikes` do what it does in the network."""
        if not any(population.name in p.sources for p in self.twin.template.projections):
            return
        parameters = self.twin.parameters_at(population)
        for k, current in enumerate(self.currents(population)):
            if spikes is None:
                self._sent[k][population.name] = ThroughTime().run(
                    population, parameters, current, self.twin.surrogate
                )
            else:
                self._sent[k][population.name] = _fired(current, spikes)

    def _into(self, population: Population) -> tuple[Projection, ...]:
        return self.twin.template.projections_to(population.name)


@dataclass(frozen=True, slots=True, eq=False)
class _Bits:
    """Spikes (step, sample, *shape), eight a byte."""

    packed: NDArray[np.uint8]
    shape: tuple[int, ...]
    theta: float


def _fired(current: Tensor, spikes: Spikes) -> _Bits:
    v = torch.full_like(current[0], spikes.v0 * spikes.theta)
    fired = torch.empty(current.shape, dtype=torch.bool)
    for k, x in enumerate(current):
        v = v + x
        fired[k] = v > spikes.theta
        if spikes.reset is Reset.ZERO:
            v = torch.where(fired[k], 0.0, v)
        else:
            v = v - spikes.theta * fired[k]
    return _Bits(np.packbits(fired.numpy()), tuple(fired.shape), spikes.theta)


def _unpacked(sent: _Bits | Tensor) -> Tensor:
    if isinstance(sent, Tensor):
        return sent
    n_values = int(np.prod(sent.shape))
    bits = np.unpackbits(sent.packed, count=n_values).reshape(sent.shape)
    return torch.from_numpy(bits).to(torch.float32).mul_(sent.theta)
