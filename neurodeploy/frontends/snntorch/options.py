"""Options of snntorch's neurons: the reset rule they mean, and those that cannot be exported."""

from typing import Any

import snntorch
import torch

from neurodeploy.terms import Reset

_STATE_FUNCTIONS = {"subtract": "_base_sub", "zero": "_base_zero", "none": "_base_int"}
_MECHANISMS = ("subtract", "zero", "none")
"""In the order of snntorch's reset_mechanism_val."""


def reset_of(neuron: Any) -> Reset:
    """Return the reset rule of a neuron.

    Source: snntorch 1.0.0, `forward` and `_base_*` of each. A delayed reset to zero is the plain
    one for Leaky, which clears before it integrates; it costs the others the next step, which they
    clear afterwards. Lapicque has no `reset_delay`: its resets are delayed.
    """
    delayed = is_delayed(neuron)
    match _MECHANISMS[int(neuron.reset_mechanism_val)]:
        case "none":
            return Reset.NONE
        case "subtract":
            return Reset.SUBTRACT_DELAYED if delayed else Reset.SUBTRACT_LATCHED
        case _:
            lost = delayed and type(neuron) is not snntorch.Leaky
            return Reset.ZERO_DELAYED if lost else Reset.ZERO


def is_delayed(neuron: Any) -> bool:
    """Whether `neuron` resets one step after its spike."""
    return type(neuron) is snntorch.Lapicque or bool(neuron.reset_delay)


def check_options(neuron: Any) -> None:
    """Check the options of a neuron that do not depend on its shape.

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
    if type(neuron) is snntorch.RSynaptic and not is_delayed(neuron):
        found.append(
            "has reset_delay=False, which snntorch 1.0.0 does not carry out (it raises TypeError "
            "or resets a copy of the membrane); set it to True, or use RLeaky"
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
