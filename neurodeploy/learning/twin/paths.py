"""How a population's steps run and what gradient they pass back; arrays are (step, sample, ...).

A path replaces the default only where it has a meaning; elsewhere the surrogate gradient flows
through time.
"""

from dataclasses import dataclass
from typing import Any, Protocol

import torch
from torch import Tensor

from neurodeploy.learning.twin.neurons import initial, move
from neurodeploy.learning.twin.parameters import Parameters
from neurodeploy.learning.twin.surrogate import Surrogate
from neurodeploy.model import CubaLif, If, Lif, Population


class Path(Protocol):
    """Runs one population over all steps."""

    def run(
        self,
        population: Population,
        parameters: Parameters | None,
        arriving: Tensor,
        surrogate: Surrogate,
    ) -> Tensor:
        """Return the outputs (step, sample, *shape) for what arrives."""
        ...


@dataclass(frozen=True, slots=True)
class ThroughTime:
    """Backpropagation through time with surrogate gradients (Neftci et al. 2019)."""

    def run(
        self,
        population: Population,
        parameters: Parameters | None,
        arriving: Tensor,
        surrogate: Surrogate,
    ) -> Tensor:
        """Return the outputs for what arrives."""
        state = initial(population, parameters, arriving[0])
        return torch.stack([move(population, parameters, state, x, surrogate) for x in arriving])


@dataclass(frozen=True, slots=True)
class RatePath:
    """Real spikes forward; backward the gradient as it is, where a neuron spikes at all.

    Source: the rate path of Ding et al. 2022 (SNN-RAT), as Özdenizci and Legenstein 2024 attack
    with it.
    """

    def run(
        self,
        population: Population,
        parameters: Parameters | None,
        arriving: Tensor,
        surrogate: Surrogate,
    ) -> Tensor:
        """Return the outputs for what arrives."""
        through_time = ThroughTime()
        if not isinstance(population.neuron, If | Lif | CubaLif):
            return through_time.run(population, parameters, arriving, surrogate)
        with torch.no_grad():
            spikes = through_time.run(population, parameters, arriving, surrogate)
        outputs: Tensor = _PassWhereFiring.apply(arriving, spikes)  # type: ignore[no-untyped-call]
        return outputs


@dataclass(frozen=True, slots=True)
class ActivationPath:
    """Each spiking population as a rectifier of what arrives: the ANN with the same weights."""

    def run(
        self,
        population: Population,
        parameters: Parameters | None,
        arriving: Tensor,
        surrogate: Surrogate,
    ) -> Tensor:
        """Return the outputs for what arrives."""
        if not isinstance(population.neuron, If | Lif | CubaLif):
            return ThroughTime().run(population, parameters, arriving, surrogate)
        assert parameters is not None
        return torch.relu(parameters.value("gain") * arriving)


class _PassWhereFiring(torch.autograd.Function):
    @staticmethod
    def forward(context: Any, arriving: Tensor, spikes: Tensor) -> Tensor:
        context.save_for_backward(spikes.sum(dim=0) > 0)
        context.set_materialize_grads(True)
        del arriving
        return spikes.clone()

    @staticmethod
    def backward(context: Any, *gradients: Tensor) -> tuple[Tensor, None]:
        (fires,) = context.saved_tensors
        return gradients[0] * fires, None
