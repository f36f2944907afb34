"""The normal form of a population: leaks, gain, threshold 1 and constant drive, per neuron."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from neurodeploy.model import (
    CubaLi,
    CubaLif,
    If,
    Lif,
    Linear,
    Parametric,
    Population,
    Spiking,
    Threshold,
)
from neurodeploy.model.neuron import current_scale, step_of
from neurodeploy.terms import Reset

Floats = NDArray[np.float64]

ZEROING = (Reset.ZERO, Reset.ZERO_DELAYED)


@dataclass(frozen=True, slots=True, kw_only=True)
class NormalForm:
    """A population whose v is shifted by v_reset where a spike sets it; arrays are flat.

    ``gain`` turns a projection's float value into current, ``theta`` is the threshold (1 for a
    readout), ``rest`` is added to v in each step, `v0` and `u0` are where it starts.
    """

    leak_i: Floats
    leak_v: Floats
    gain: Floats
    theta: Floats
    rest: Floats
    v0: Floats
    u0: Floats
    spiking: bool


def normal_form(population: Population, dt_s: float) -> NormalForm:
    """Return the normal form of `population`.

    Raises
    ------
    ValueError
        If a threshold does not lie above the value a spike resets to.
    """
    neuron = population.neuron
    assert isinstance(neuron, Parametric | Linear)
    step = step_of(neuron, dt_s)
    shift = _shift(population)
    theta = _threshold(neuron) - shift
    if (theta <= 0).any():
        raise ValueError(
            f"a threshold lies {float(theta.min()):g} above the reset voltage, not above 0: "
            "raise v_threshold or lower v_reset"
        )

    def full(value: Floats) -> Floats:
        return np.broadcast_to(value, population.shape).ravel()

    return NormalForm(
        leak_i=full(step.leak_i),
        leak_v=full(step.leak_v),
        gain=full(step.gain),
        theta=full(theta),
        rest=full(step.rest - step.leak_v * shift),
        v0=full(population.v0 - shift),
        u0=full(population.i0 * _current_scale(neuron, dt_s)),
        spiking=isinstance(neuron, Spiking),
    )


def _shift(population: Population) -> Floats:
    """Return the voltage that becomes 0: where a spike sets it, or 1 below a stateless threshold.

    A stateless neuron loses its whole voltage in each step, so any zero will do; only thresholds
    that are not positive need another.
    """
    if isinstance(population.neuron, Threshold):
        threshold = population.neuron.threshold
        return np.where(threshold > 0, 0.0, threshold - 1.0)
    spiking = isinstance(population.neuron, Spiking)
    return population.v_reset if population.reset in ZEROING and spiking else np.zeros(())


def _threshold(neuron: Parametric | Linear) -> Floats:
    match neuron:
        case If() | Lif() | CubaLif():
            return neuron.v_threshold
        case Threshold():
            return neuron.threshold
        case _:
            return np.ones(())


def _current_scale(neuron: Parametric | Linear, dt_s: float) -> Floats:
    return current_scale(neuron, dt_s) if isinstance(neuron, CubaLif | CubaLi) else np.zeros(())
