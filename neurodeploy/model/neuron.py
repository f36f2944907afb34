"""Neuron dynamics in physical units, and the one discrete step that all of them share."""

from dataclasses import dataclass, field, fields

import numpy as np
from numpy.typing import NDArray

from neurodeploy.geometry.conv import Pair
from neurodeploy.storage.arrays import frozen

Floats = NDArray[np.float64]


def _zero() -> Floats:
    return np.zeros(())


def _one() -> Floats:
    return np.ones(())


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class If:
    """Integrate and fire: ``v' = r x``; fires when ``v > v_threshold``."""

    r: Floats
    v_threshold: Floats

    def __post_init__(self) -> None:
        _freeze(self)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Lif:
    """Leaky integrate and fire: ``tau v' = v_leak - v + r x``; fires when ``v > v_threshold``."""

    tau_s: Floats
    r: Floats
    v_threshold: Floats
    v_leak: Floats = field(default_factory=_zero)

    def __post_init__(self) -> None:
        _freeze(self)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CubaLif:
    """Current-based LIF: ``tau_syn i' = -i + w_in x``, ``tau_mem v' = v_leak - v + r i``."""

    tau_syn_s: Floats
    tau_mem_s: Floats
    r: Floats
    v_threshold: Floats
    w_in: Floats = field(default_factory=_one)
    v_leak: Floats = field(default_factory=_zero)

    def __post_init__(self) -> None:
        _freeze(self)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Threshold:
    """No state: fires in every step with ``x > threshold``."""

    threshold: Floats

    def __post_init__(self) -> None:
        _freeze(self)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class I:  # noqa: E742  # NIR's name
    """Integrator, a readout that does not spike: ``v' = r x``."""

    r: Floats

    def __post_init__(self) -> None:
        _freeze(self)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Li:
    """Leaky integrator, a readout that does not spike: ``tau v' = v_leak - v + r x``."""

    tau_s: Floats
    r: Floats
    v_leak: Floats = field(default_factory=_zero)

    def __post_init__(self) -> None:
        _freeze(self)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CubaLi:
    """Current-based Li: ``tau_syn i' = -i + w_in x``, ``tau_mem v' = v_leak - v + r i``."""

    tau_syn_s: Floats
    tau_mem_s: Floats
    r: Floats
    w_in: Floats = field(default_factory=_one)
    v_leak: Floats = field(default_factory=_zero)

    def __post_init__(self) -> None:
        _freeze(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Linear:
    """No state: the output is the input of the step. Terminals, joins and forks of a network."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Relu:
    """Rectifier of an artificial network, ``max(x, 0)``; `convert` turns it into If.

    With a `ceiling` c it saturates, ``min(max(x, 0), c)``; with L `levels` it is a staircase,
    ``c / L clip(floor(x L / c + 1/2), 0, L)`` (the QCFS activation of Bu et al. 2022, shift 1/2).
    """

    ceiling: float | None = None
    levels: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Max:
    """Largest value in each window of a (channels, height, width) input: OR, for spikes.

    With `by_rate` a window passes on the input that has had the largest sum so far, this step's
    included: the gate of Rueckauer et al. 2017. Ties go to the first of the window.
    """

    input_shape: tuple[int, int, int]
    kernel: Pair
    stride: Pair
    by_rate: bool = False


Integrating = If | Lif | CubaLif | I | Li | CubaLi
"""Neurons with a membrane voltage."""

Spiking = If | Lif | CubaLif | Threshold
"""Neurons that send spikes, 0 or 1."""

Parametric = Integrating | Threshold
"""Neurons whose fields are arrays, one value a neuron or fewer."""

Neuron = Parametric | Linear | Relu | Max


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Step:
    """One forward Euler step: ``i += gain x - leak_i i``, then ``v += i + rest - leak_v v``.

    The current is scaled by ``leak_v r`` so that it adds to the voltage as it is.
    """

    leak_i: Floats
    leak_v: Floats
    gain: Floats
    rest: Floats


def step_of(neuron: Parametric | Linear, dt_s: float) -> Step:
    """Return the step of `neuron`; time constants without end have leak 0, and then gain 1.

    Source: forward Euler of the equations of NIR (Pedersen et al. 2024), current first, as snntorch
    1.0.0 computes it.
    """
    one, zero = np.ones(()), np.zeros(())
    match neuron:
        case If() | I():
            return Step(leak_i=one, leak_v=zero, gain=_product(dt_s, neuron.r), rest=zero)
        case Lif() | Li():
            leak = dt_s / neuron.tau_s
            gain = _product(leak, neuron.r)
            return Step(leak_i=one, leak_v=leak, gain=gain, rest=leak * neuron.v_leak)
        case CubaLif() | CubaLi():
            leak_i, leak_v = dt_s / neuron.tau_syn_s, dt_s / neuron.tau_mem_s
            gain = current_scale(neuron, dt_s) * _product(leak_i, neuron.w_in)
            return Step(leak_i=leak_i, leak_v=leak_v, gain=gain, rest=leak_v * neuron.v_leak)
        case Linear() | Threshold():
            return Step(leak_i=one, leak_v=one, gain=one, rest=zero)


def current_scale(neuron: CubaLif | CubaLi, dt_s: float) -> Floats:
    """Return what turns a synaptic current into the scaled current of `Step`."""
    return _product(dt_s / neuron.tau_mem_s, neuron.r)


def _product(leak: Floats | float, factor: Floats) -> Floats:
    """Return ``leak * factor``, with 0 * inf = 1: no leak, and gain 1, as snntorch's beta=1."""
    endless = (np.asarray(leak) == 0) & np.isinf(factor)
    with np.errstate(invalid="ignore"):
        return np.where(endless, 1.0, leak * factor)


def _freeze(neuron: object) -> None:
    for entry in fields(neuron):  # type: ignore[arg-type]  # only called on our dataclasses
        object.__setattr__(neuron, entry.name, frozen(getattr(neuron, entry.name), np.float64))
