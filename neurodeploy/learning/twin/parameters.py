"""Which values of a population can be trained, and how they become a neuron again."""

from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from neurodeploy.learning.twin.operators import array, kept, tensor
from neurodeploy.model import (
    CubaLi,
    CubaLif,
    If,
    Li,
    Lif,
    Neuron,
    Population,
    Relu,
    Spiking,
    Threshold,
)
from neurodeploy.model.neuron import Parametric, current_scale, step_of

Floats = NDArray[np.float64]

_LEAKY = Lif | Li | CubaLif | CubaLi
_FILTERED = CubaLif | CubaLi

LEAST_LEAK = 1e-6
"""Leaks are kept above it, so that a time constant stays finite."""

LEAST_SCALE = 0.01
"""Share of its first value that a trained threshold keeps at least; below 0 it would mean nothing.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trainable:
    """What of a network is trained.

    Parameters
    ----------
    thresholds : one value a population, by which all its thresholds, or a rectifier's ceiling, are
        multiplied.
    least_threshold : what a trained threshold keeps at least, in the network's units.
    leaks : of voltage and current; the gain of the input stays as it is.
    v0 : initial voltages.
    """

    weights: bool = True
    thresholds: bool = False
    leaks: bool = False
    v0: bool = False
    least_threshold: float = 0.0


class Parameters(nn.Module):
    """The values of one population's step, as tensors; see `model.neuron.Step`.

    Parameters
    ----------
    threshold_scale : () the factor of all thresholds, 1 at first.
    filtered, resting : whether a current is kept, and whether anything pulls at the voltage; what
        is not there is not computed.
    """

    def __init__(
        self, population: Population, dt_s: float, trainable: Trainable, dtype: torch.dtype
    ) -> None:
        super().__init__()
        self.population = population
        self._first: dict[str, Floats] = {}
        neuron = population.neuron
        if isinstance(neuron, Relu):
            self._hold("threshold_scale", np.ones(()), trainable.thresholds, dtype)
            self._hold("threshold", _threshold(neuron), False, dtype)
            self.least_scale = LEAST_SCALE
            return
        assert isinstance(neuron, Parametric)
        step = step_of(neuron, dt_s)
        self.filtered, self.resting = isinstance(neuron, _FILTERED), bool(step.rest.any())
        self._hold("leak_v", step.leak_v, trainable.leaks and isinstance(neuron, _LEAKY), dtype)
        self._hold("leak_i", step.leak_i, trainable.leaks and isinstance(neuron, _FILTERED), dtype)
        self._hold("v0", population.v0, trainable.v0, dtype)
        fires = isinstance(neuron, Spiking)
        self._hold("threshold_scale", np.ones(()), trainable.thresholds and fires, dtype)
        i0 = population.i0
        if isinstance(neuron, _FILTERED):
            i0 = i0 * current_scale(neuron, dt_s)
        for name, values in (("gain", step.gain), ("rest", step.rest), ("i0", i0)):
            self._hold(name, values, False, dtype)
        self._hold("v_reset", population.v_reset, False, dtype)
        theta = _threshold(neuron)
        self._hold("threshold", theta, False, dtype)
        lowest = float(theta.min())
        floor = trainable.least_threshold / lowest if lowest > 0 else 0.0
        self.least_scale = max(LEAST_SCALE, floor)

    def theta(self) -> Tensor:
        """Return the thresholds, or a rectifier's ceiling, as they are now."""
        return self._now("threshold") * self._threshold_scale()

    def leak(self, name: str) -> Tensor:
        """Return ``leak_v`` or ``leak_i``, within 0 to 1 where it is trained."""
        value = self._now(name)
        return value.clamp(LEAST_LEAK, 1.0) if isinstance(value, nn.Parameter) else value

    def value(self, name: str) -> Tensor:
        """Return one of the other values."""
        return self._now(name)

    def trained(self) -> Population:
        """Return the population with the values that training left."""
        neuron = _leaking(self.population.neuron, self._ratio("leak_i"), self._ratio("leak_v"))
        scale = float(self._threshold_scale().detach())
        if scale != 1.0:
            neuron = _scaled(neuron, scale)
        if isinstance(neuron, Relu):
            return replace(self.population, neuron=neuron)
        return replace(self.population, neuron=neuron, v0=kept(self.population.v0, self._now("v0")))

    def _hold(
        self, name: str, values: NDArray[np.float64], trained: bool, dtype: torch.dtype
    ) -> None:
        held = tensor(values, dtype)
        self._first[name] = np.array(values)
        if trained:
            self.register_parameter(name, nn.Parameter(held))
        else:
            self.register_buffer(name, held)

    def _threshold_scale(self) -> Tensor:
        scale = self._now("threshold_scale")
        return scale.clamp(min=self.least_scale) if isinstance(scale, nn.Parameter) else scale

    def _ratio(self, name: str) -> Floats:
        """Return a leak over what it was; 1 where it is not trained."""
        if name not in self._parameters:
            return np.ones(())
        return array(self.leak(name)) / self._first[name]

    def _now(self, name: str) -> Tensor:
        found = self._parameters.get(name)
        return self.get_buffer(name) if found is None else found


def _threshold(neuron: Parametric | Relu) -> NDArray[np.float64]:
    match neuron:
        case Relu():
            return np.full((), np.inf if neuron.ceiling is None else neuron.ceiling)
        case Threshold():
            return neuron.threshold
        case If() | Lif() | CubaLif():
            return neuron.v_threshold
        case _:
            return np.full((), np.inf)


def _scaled(neuron: Neuron, scale: float) -> Neuron:
    match neuron:
        case Relu():
            return replace(
                neuron, ceiling=None if neuron.ceiling is None else neuron.ceiling * scale
            )
        case Threshold():
            return replace(neuron, threshold=neuron.threshold * scale)
        case If() | Lif() | CubaLif():
            return replace(neuron, v_threshold=neuron.v_threshold * scale)
        case _:
            return neuron


def _leaking(neuron: Neuron, ratio_i: Floats, ratio_v: Floats) -> Neuron:
    """Return `neuron` with leaks that many times as large, its gain and its rest unchanged."""
    match neuron:
        case Lif() | Li():
            return replace(
                neuron,
                tau_s=neuron.tau_s / ratio_v,
                r=neuron.r / ratio_v,
                v_leak=neuron.v_leak / ratio_v,
            )
        case CubaLif() | CubaLi():
            return replace(
                neuron,
                tau_syn_s=neuron.tau_syn_s / ratio_i,
                tau_mem_s=neuron.tau_mem_s / ratio_v,
                w_in=neuron.w_in / ratio_i,
                r=neuron.r / ratio_v,
                v_leak=neuron.v_leak / ratio_v,
            )
        case _:
            return neuron
