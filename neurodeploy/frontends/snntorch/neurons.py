"""snntorch's neurons as populations, and their recurrence; ValueError says what cannot be."""

from typing import Any

import numpy as np
import snntorch
import torch
from numpy.typing import NDArray
from torch import nn

from neurodeploy.frontends.snntorch.layers import operators_of
from neurodeploy.frontends.snntorch.options import check_options, reset_of
from neurodeploy.frontends.snntorch.parameters import fitted
from neurodeploy.model import CubaLif, If, Lif, Operator, Population, Scale
from neurodeploy.model.exact import factor_of, time_constant_of

Floats = NDArray[np.float64]
Shape = tuple[int, ...]

NEURONS = (
    snntorch.Leaky,
    snntorch.Synaptic,
    snntorch.RLeaky,
    snntorch.RSynaptic,
    snntorch.Lapicque,
)
RECURRENT = (snntorch.RLeaky, snntorch.RSynaptic)
REFUSED = {
    "Alpha": "has a membrane that is the sum of two filtered currents, which a reset clears too; "
    "no neuron of a chip does that: use Synaptic",
}


def is_neuron(module: nn.Module) -> bool:
    """Whether `module` is of a class that `population_of` knows."""
    return type(module) in NEURONS


def population_of(name: str, neuron: Any, shape: Shape, dt_s: float) -> Population:
    """Return the population of `shape` that `neuron` is, without its recurrence.

    The leaks are ``1 - beta`` and ``1 - alpha``, both clamped to 0..1, and the gains 1; no leak
    becomes an infinite tau and r. Lapicque's are those of its R, C and time_step.

    Raises
    ------
    ValueError
        For each of its options that cannot be exported, one argument.
    """
    check_options(neuron)
    theta = fitted("threshold", neuron.threshold, shape)
    dynamics: If | Lif | CubaLif
    if type(neuron) is snntorch.Lapicque:
        dynamics = _lapicque(neuron, theta, shape, dt_s)
    else:
        tau_mem, r = _leak(1.0 - fitted("beta", neuron.beta.clamp(0, 1), shape), dt_s)
        if type(neuron) in (snntorch.Leaky, snntorch.RLeaky):
            dynamics = Lif(tau_s=tau_mem, r=r, v_threshold=theta)
        else:
            tau, w_in = _leak(1.0 - fitted("alpha", neuron.alpha.clamp(0, 1), shape), dt_s)
            dynamics = CubaLif(tau_syn_s=tau, tau_mem_s=tau_mem, r=r, w_in=w_in, v_threshold=theta)
    return Population(name=name, shape=shape, neuron=dynamics, reset=reset_of(neuron))


def recurrence_of(neuron: Any, shape: Shape) -> tuple[Operator, ...]:
    """Return the operators from the spikes of an RLeaky or RSynaptic to its next step's input.

    Raises
    ------
    ValueError
        If they do not lead back to `shape`, or are none of snntorch's.
    """
    module = neuron.recurrent
    if isinstance(module, nn.Linear | nn.Conv2d):
        operators = operators_of(module, shape)
    elif hasattr(module, "V") and not neuron.all_to_all:
        operators = (Scale(scale=fitted("V", module.V, shape)),)
    else:
        raise ValueError(f"has a {type(module).__name__} as recurrent; use a Linear, Conv2d or V")
    for entry in operators:
        try:
            back = entry.output_shape(shape)
        except ValueError as error:
            raise ValueError(f"recurrent does not fit: {error}") from error
        if back != shape:
            raise ValueError(f"recurrent gives {back} back to neurons of shape {shape}")
    return operators


def _leak(leak: Floats, dt_s: float) -> tuple[Floats, Floats]:
    """Return the time constant of `leak`, and the factor with which its gain is 1."""
    tau_s = time_constant_of(leak, dt_s)
    return tau_s, factor_of(1.0, dt_s / tau_s)


def _lapicque(neuron: Any, theta: Floats, shape: Shape, dt_s: float) -> If | Lif:
    """Return ``v = (1 - k) v + gain x`` with ``k = time_step / (R C)``, gain ``time_step / C``.

    Both are what snntorch 1.0.0 computes in float32. It never reads beta again: R and C count.
    """
    resistance, capacitance, step = neuron.R, neuron.C, neuron.time_step
    with torch.no_grad():
        decay = fitted("R and C", 1 - (step / (resistance * capacitance)), shape)
        unit = torch.ones(())
        gain = fitted("R and C", unit * resistance * (1 / (resistance * capacitance)) * step, shape)
    if not (np.isfinite(decay).all() and np.isfinite(gain).all() and (gain > 0).all()):
        raise ValueError(
            f"takes in {gain.min():g} of its input with R {resistance.min():g} and C "
            f"{capacitance.min():g}; give an R and a C that are positive and finite (beta=1 has "
            "an infinite C, beta>1 a negative one)"
        )
    leak = 1.0 - decay
    if (leak == 0).all():
        return If(r=factor_of(gain, dt_s), v_threshold=theta)
    if (leak <= 0).any():
        raise ValueError("has neurons with and without a leak; give them one R and C each")
    tau_s = time_constant_of(leak, dt_s)
    return Lif(tau_s=tau_s, r=factor_of(gain, dt_s / tau_s), v_threshold=theta)
