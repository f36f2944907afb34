"""Differentiation on spike representation (DSR; Meng et al., CVPR 2022).

Forward the real spikes, backward the gradient of the clamp function that a layer's weighted firing
rate approximates.

A neuron fires at ``alpha theta`` and loses ``theta``; its output is ``theta`` a spike. With the
decay ``b`` of the voltage (1 for If) and weights ``w_n = b^(T - n)``, the representation
``r(x) = sum w_n x_n / sum w_n`` of the output is close to ``clamp(g r(I), 0, theta)``, g being the
gain of the input.
"""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
from torch import Tensor

from neurodeploy.errors import InputError
from neurodeploy.learning.twin.parameters import Parameters
from neurodeploy.learning.twin.paths import ThroughTime
from neurodeploy.learning.twin.surrogate import Surrogate
from neurodeploy.model import If, Lif, Model, Operator, Population, Projection, Scale, Spiking
from neurodeploy.model.join import without_bias
from neurodeploy.terms import Reset


@dataclass(frozen=True, slots=True, kw_only=True)
class Representation:
    """The path of DSR.

    Parameters
    ----------
    alpha : share of the threshold at which a neuron fires; at 1/2 the rate of a constant input is
        rounded, at 1 rounded down.
    """

    alpha: float = 0.5

    def __post_init__(self) -> None:
        if not 0 < self.alpha <= 1:
            raise InputError("ND2801", f"alpha is {self.alpha:g}, expected above 0 and at most 1")

    def run(
        self,
        population: Population,
        parameters: Parameters | None,
        arriving: Tensor,
        surrogate: Surrogate,
    ) -> Tensor:
        """Return theta for each spike, (step, sample, *shape)."""
        if not isinstance(population.neuron, If | Lif):
            return ThroughTime().run(population, parameters, arriving, surrogate)
        assert parameters is not None
        theta, gain = parameters.theta(), parameters.value("gain")
        decay = 1.0 - parameters.leak("leak_v")
        outputs: Tensor = Clamped.apply(arriving, gain, theta, decay, self.alpha)  # type: ignore[no-untyped-call]
        return outputs


class Clamped(torch.autograd.Function):
    """Spikes of theta forward, the clamp of the representation backward."""

    @staticmethod
    def forward(
        context: Any, arriving: Tensor, gain: Tensor, theta: Tensor, decay: Tensor, alpha: float
    ) -> Tensor:
        """Return theta for each spike of a neuron that fires at ``alpha theta``.

        The current is never held for all steps: memory over time is what this method saves.
        """
        v = torch.zeros_like(arriving[0])
        outputs = torch.empty_like(arriving, memory_format=torch.contiguous_format)
        represented = torch.zeros_like(v)
        for k, x in enumerate(arriving):
            current = gain * x
            v = decay * v + current
            outputs[k] = theta * (v > alpha * theta)
            v = v - outputs[k]
            represented = decay * represented + current
        weights = _weights(decay, len(arriving), v)
        represented = represented / weights.sum(dim=0)
        context.save_for_backward((represented > 0) & (represented < theta), represented > theta)
        context.weights, context.gain, context.theta_shape = weights, gain, theta.shape
        return outputs

    @staticmethod
    def backward(context: Any, *gradients: Tensor) -> tuple[Tensor | None, ...]:
        """Return the gradients of the clamp: of the current inside it, of theta above it."""
        inside, above = context.saved_tensors
        weights = context.weights
        n_steps = len(gradients[0])
        # T r(dL/do), the same for every step; the sum over steps where nothing leaks.
        whole = sum(w * g for w, g in zip(weights, gradients[0], strict=True))
        whole = n_steps * whole / weights.sum(dim=0)
        to_arriving = (context.gain * whole * inside / n_steps).expand_as(gradients[0])
        to_theta = (whole * above).sum_to_size(_as_wide(context.theta_shape, whole))
        return to_arriving, None, to_theta.reshape(context.theta_shape), None, None


def _weights(decay: Tensor, n_steps: int, like: Tensor) -> Tensor:
    """Return ``decay^(T - n)`` for n = 1 to T, (step, 1, ...) broadcasting over what arrives."""
    powers = torch.arange(n_steps - 1, -1, -1, dtype=like.dtype, device=like.device)
    shape = (n_steps, *[1] * (like.ndim - decay.ndim), *decay.shape)
    return decay ** powers.reshape(n_steps, *[1] * (len(shape) - 1))


def _as_wide(shape: torch.Size, like: Tensor) -> tuple[int, ...]:
    return (*[1] * (like.ndim - len(shape)), *shape)


def as_subtracting(model: Model) -> Model:
    """Return `model` with the reset that the representation assumes; spikes start from 0."""
    populations = tuple(
        replace(p, reset=Reset.SUBTRACT, v0=np.zeros(())) if _represents(p) else p
        for p in model.populations
    )
    changed = [
        repr(old.name)
        for old, new in zip(model.populations, populations, strict=True)
        if old.reset is not new.reset or old.v0.any()
    ]
    if not changed:
        return model
    line = f"DSR: {', '.join(changed)} now subtract on reset, as the representation assumes"
    return replace(model, populations=populations, history=(*model.history, line))


def without_representation(model: Model) -> tuple[str, ...]:
    """Return the populations that spike and that DSR cannot represent."""
    return tuple(
        p.name for p in model.populations if isinstance(p.neuron, Spiking) and not _represents(p)
    )


def rewritten(model: Model, alpha: float) -> Model:
    """Return the ordinary network that spikes exactly as a trained one does with `alpha`.

    Firing at ``alpha theta`` is firing at theta from the initial voltage ``c = (1 - alpha) theta``,
    with, where the voltage leaks, a resting voltage c as well. The output of theta a spike becomes
    a `Scale` at the start of what leaves the population.
    """
    thetas = {p.name: p.neuron.v_threshold for p in model.populations if _represents(p)}  # type: ignore[union-attr]  # _represents says so
    populations = tuple(
        _raised(p, (1.0 - alpha) * thetas[p.name]) if p.name in thetas else p
        for p in model.populations
    )
    projections = tuple(part for p in model.projections for part in _scaled(p, thetas))
    return replace(model, populations=populations, projections=projections)


def _represents(population: Population) -> bool:
    return isinstance(population.neuron, If | Lif)


def _raised(population: Population, c: np.ndarray) -> Population:
    neuron = population.neuron
    if isinstance(neuron, Lif):
        neuron = replace(neuron, v_leak=neuron.v_leak + c)
    return replace(population, neuron=neuron, v0=c)


def _scaled(projection: Projection, thetas: dict[str, np.ndarray]) -> list[Projection]:
    """Return one projection a source, each scaled by its own theta; the first keeps the biases."""
    if not set(projection.sources) & set(thetas):
        return [projection]
    parts = []
    for k, source in enumerate(projection.sources):
        chain: tuple[Operator, ...] = projection.chain if k == 0 else without_bias(projection.chain)
        scale = (Scale(scale=thetas[source]),) if source in thetas else ()
        name = projection.name if k == 0 else f"{projection.name}.{source}"
        parts.append(replace(projection, name=name, sources=(source,), chain=(*scale, *chain)))
    return parts
