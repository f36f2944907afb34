"""snntorch's Leaky and Synaptic as Lif and CubaLif; ValueError says what cannot be exported."""

from typing import Any

import numpy as np
import snntorch
import torch
from numpy.typing import NDArray
from torch import nn

from neurodeploy.frontends.snntorch.layers import array
from neurodeploy.model import CubaLif, Lif, Population
from neurodeploy.model.exact import factor_of, time_constant_of
from neurodeploy.terms import Reset

Floats = NDArray[np.float64]
Shape = tuple[int, ...]

_STATE_FUNCTIONS = {"subtract": "_base_sub", "zero": "_base_zero", "none": "_base_int"}
_MECHANISMS = ("subtract", "zero", "none")
"""In the order of snntorch's reset_mechanism_val."""


def is_neuron(module: nn.Module) -> bool:
    """Whether `module` is of a class that `population_of` knows."""
    return type(module) in (snntorch.Leaky, snntorch.Synaptic)


def population_of(name: str, neuron: Any, shape: Shape, dt_s: float) -> Population:
    """Return the population of `shape` that the Leaky or Synaptic `neuron` is.

    The leaks are ``1 - beta`` and ``1 - alpha``, both clamped to 0..1, and the gains 1; no leak
    becomes an infinite tau and r.

    Raises
    ------
    ValueError
        For each of its options that cannot be exported, one argument.
    """
    check_options(neuron)
    theta = _parameter("threshold", neuron.threshold, shape)
    tau_mem, r = _leak(1.0 - _parameter("beta", neuron.beta.clamp(0, 1), shape), dt_s)
    if type(neuron) is snntorch.Leaky:
        dynamics: Lif | CubaLif = Lif(tau_s=tau_mem, r=r, v_threshold=theta)
    else:
        tau_syn, w_in = _leak(1.0 - _parameter("alpha", neuron.alpha.clamp(0, 1), shape), dt_s)
        dynamics = CubaLif(tau_syn_s=tau_syn, tau_mem_s=tau_mem, r=r, w_in=w_in, v_threshold=theta)
    return Population(name=name, shape=shape, neuron=dynamics, reset=reset_of(neuron))


def reset_of(neuron: Any) -> Reset:
    """Return the reset rule of a Leaky or Synaptic.

    Source: snntorch 1.0.0, `forward` of both. With a delay, a reset to zero is the same for Leaky,
    which clears before it integrates, and costs Synaptic the next step, which it clears afterwards.
    """
    delayed = bool(neuron.reset_delay)
    match _MECHANISMS[int(neuron.reset_mechanism_val)]:
        case "none":
            return Reset.NONE
        case "subtract":
            return Reset.SUBTRACT_DELAYED if delayed else Reset.SUBTRACT_LATCHED
        case _:
            lost = delayed and type(neuron) is snntorch.Synaptic
            return Reset.ZERO_DELAYED if lost else Reset.ZERO


def check_options(neuron: Any) -> None:
    """Check the options of a Leaky or Synaptic that do not depend on its shape.

    Raises
    ------
    ValueError
        For each that cannot be exported, one argument.
    """
    mechanism = _MECHANISMS[int(neuron.reset_mechanism_val)]
    found = []
    if neuron.state_function.__name__ != _STATE_FUNCTIONS[mechanism]:
        found.append(
            f"was built with another reset than its weights say; build it with "
            f"reset_mechanism={mechanism!r}"
        )
    if bool((neuron.graded_spikes_factor != 1).any()):
        found.append("has a graded_spikes_factor; multiply it into the weights of the next layer")
    if neuron.inhibition:
        found.append("uses inhibition, which cannot be exported; set it to False")
    if neuron.state_quant:
        found.append("uses state_quant, which cannot be exported; set it to False")
    if bool((neuron.threshold < 0).any()):
        found.append("has a negative threshold; a threshold is at least 0")
    if not _is_step(neuron):
        found.append("has a spike_grad that is no step at 0; use one of snntorch.surrogate")
    if found:
        raise ValueError(*found)


def _is_step(neuron: Any) -> bool:
    shift = torch.tensor([-10.0, -1.0, -1e-3, 0.0, 1e-3, 1.0, 10.0])
    with torch.no_grad():
        return torch.equal(neuron.spike_grad(shift), (shift > 0).to(shift.dtype))


def _parameter(name: str, tensor: torch.Tensor, shape: Shape) -> Floats:
    values = array(tensor)
    surplus = max(values.ndim - len(shape), 0)
    if values.shape[:surplus] == (1,) * surplus:
        values = values.reshape(values.shape[surplus:])
    try:
        fits = np.broadcast_shapes(values.shape, shape) == shape
    except ValueError:
        fits = False
    if not fits:
        raise ValueError(f"{name} of shape {values.shape} does not fit neurons of shape {shape}")
    return values


def _leak(leak: Floats, dt_s: float) -> tuple[Floats, Floats]:
    """Return the time constant of `leak`, and the factor with which its gain is 1."""
    tau_s = time_constant_of(leak, dt_s)
    return tau_s, factor_of(1.0, dt_s / tau_s)
