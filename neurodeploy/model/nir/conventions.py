"""What a NIR file leaves open: time step, reset, gains, and how a leak is made discrete."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from neurodeploy.model.exact import factor_of, time_constant_of
from neurodeploy.model.neuron import CubaLi, CubaLif, If, Li, Lif, Parametric
from neurodeploy.terms import Reset

Floats = NDArray[np.float64]

DEFAULT_DT_S = 1e-4
"""What snntorch and Lava take for the time step of a NIR file."""

Discretisation = Literal["euler", "exponential"]
Gain = Literal["spec", "unit", "without-r", "decayed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Conventions:
    """What the user says about a file; None leaves it to the file, or else to the default.

    Parameters
    ----------
    dt_s : length of a time step in seconds.
    reset : reset rule of every spiking population.
    if_gain : ``spec`` for ``v += dt r x`` (NIR), ``unit`` for ``v += r x`` (Sinabs, Norse) in IF.
    discretisation : a leak is ``dt / tau`` (``euler``) or ``1 - exp(-dt / tau)``.
    gain : what a leaky neuron multiplies its input by: ``leak r`` (``spec``), 1 (``unit``: Sinabs,
        Spyx), its leak (``without-r``: Norse, Lava), or ``1 - leak`` in currents and readouts and
        1 in membranes (``decayed``: Rockpool). With ``without-r`` currents keep w_in, and r.
    """

    dt_s: float | None = None
    reset: Reset | None = None
    if_gain: Literal["spec", "unit"] | None = None
    discretisation: Discretisation | None = None
    gain: Gain | None = None


def in_steps(
    neurons: Mapping[str, Parametric], conventions: Conventions, dt_s: float
) -> dict[str, Parametric]:
    """Return the neurons whose forward Euler step of `dt_s` is what `conventions` say.

    Another leak or gain becomes another tau or r: a Model has one form.
    """
    return {name: _in_steps(neuron, conventions, dt_s) for name, neuron in neurons.items()}


def is_leaky(neuron: Parametric) -> bool:
    """Say whether a discretisation changes it."""
    return isinstance(neuron, Lif | Li | CubaLif | CubaLi)


def _in_steps(neuron: Parametric, conventions: Conventions, dt_s: float) -> Parametric:
    match neuron:
        case If():
            r = np.ones(()) if conventions.gain == "without-r" else neuron.r
            r = factor_of(r, dt_s) if conventions.if_gain == "unit" else r
            return If(r=r, v_threshold=neuron.v_threshold)
        case Lif():
            tau, r = _leak_and_gain(neuron.tau_s, neuron.r, conventions, dt_s)
            return Lif(tau_s=tau, r=r, v_threshold=neuron.v_threshold, v_leak=neuron.v_leak)
        case Li():
            tau, r = _leak_and_gain(neuron.tau_s, neuron.r, conventions, dt_s, decays=True)
            return Li(tau_s=tau, r=r, v_leak=neuron.v_leak)
        case CubaLif() | CubaLi():
            return _cuba_in_steps(neuron, conventions, dt_s)
        case _:
            return neuron


def _cuba_in_steps(
    neuron: CubaLif | CubaLi, conventions: Conventions, dt_s: float
) -> CubaLif | CubaLi:
    if conventions.gain == "without-r":
        conventions = Conventions(discretisation=conventions.discretisation)
    tau_syn, w_in = _leak_and_gain(neuron.tau_syn_s, neuron.w_in, conventions, dt_s, decays=True)
    tau_mem, r = _leak_and_gain(neuron.tau_mem_s, neuron.r, conventions, dt_s)
    if isinstance(neuron, CubaLi):
        return CubaLi(tau_syn_s=tau_syn, tau_mem_s=tau_mem, r=r, w_in=w_in, v_leak=neuron.v_leak)
    return CubaLif(
        tau_syn_s=tau_syn,
        tau_mem_s=tau_mem,
        r=r,
        w_in=w_in,
        v_threshold=neuron.v_threshold,
        v_leak=neuron.v_leak,
    )


def _leak_and_gain(
    tau: Floats, r: Floats, conventions: Conventions, dt_s: float, *, decays: bool = False
) -> tuple[Floats, Floats]:
    """Return tau and r of the Euler step with the leak and the gain that are meant.

    `decays` says that a ``decayed`` input loses a step's leak at once.
    """
    with np.errstate(all="ignore"):  # a time constant that is none is refused with the Model
        leak = dt_s / tau
        if conventions.discretisation == "exponential":
            leak = -np.expm1(-leak)
            tau = time_constant_of(leak, dt_s)
    match conventions.gain:
        case "unit":
            return tau, factor_of(1.0, leak)
        case "decayed":
            return tau, factor_of(1.0 - leak if decays else 1.0, leak)
        case "without-r":
            return tau, np.ones(())
        case _:
            return tau, r
