"""`Program`: populations of integer neurons joined by projections."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import prod

import numpy as np
from numpy.typing import NDArray

from neurodeploy.program.number_format import LOIHI, NumberFormat
from neurodeploy.program.operator import Conv, Direct, Operator
from neurodeploy.storage.arrays import frozen, frozen_full
from neurodeploy.storage.codec import digest
from neurodeploy.terms import Readout, Reset

Shape = tuple[int, ...]

_PER_NEURON = ("du", "dv", "vth", "bias_mant", "bias_exp", "v_reset", "u0", "v0")


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """Where stimuli enter: `low` and `high` declare the range of their integers."""

    name: str
    shape: Shape
    low: int = 0
    high: int = 1

    @property
    def graded(self) -> bool:
        """Whether a payload, not a mere spike, arrives."""
        return self.low < 0 or self.high > 1


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Population:
    """Integer neurons that share a reset rule; parameters are int32, one a neuron (broadcast).

    Parameters
    ----------
    du, dv : decay of current and voltage in 1/4096; the current loses du + 1, the voltage dv.
    vth : threshold mantissa; a neuron fires when ``v > vth << 6``.
    bias_mant, bias_exp : bias, added to v each step: an int16 shifted by the exponent.
    reset, v_reset : what a spike does to v, and the value (state units) of the `zero` resets.
    u0, v0 : initial state.
    t_start : the first step in which the population moves; before, it holds its state, silent.
    spiking : False for a readout, whose output is v.
    vth_low : with it a neuron also sends -1 when ``v < vth_low << 6`` (Lava's TernaryLIF).
    clear_interval, clear_offset : u = v = 0 and the last spike is forgotten before step k whenever
        ``(k + 1) % interval == offset % interval`` (Lava's LIFReset); 0 is never.
    """

    name: str
    shape: Shape
    du: NDArray[np.int32]
    dv: NDArray[np.int32]
    vth: NDArray[np.int32]
    bias_mant: NDArray[np.int32] = field(default_factory=lambda: np.zeros((), np.int32))
    bias_exp: NDArray[np.int32] = field(default_factory=lambda: np.zeros((), np.int32))
    reset: Reset = Reset.ZERO
    v_reset: NDArray[np.int32] = field(default_factory=lambda: np.zeros((), np.int32))
    u0: NDArray[np.int32] = field(default_factory=lambda: np.zeros((), np.int32))
    v0: NDArray[np.int32] = field(default_factory=lambda: np.zeros((), np.int32))
    t_start: int = 0
    spiking: bool = True
    vth_low: NDArray[np.int32] | None = None
    clear_interval: int = 0
    clear_offset: int = 0

    def __post_init__(self) -> None:
        for name in _PER_NEURON:
            full = frozen_full(getattr(self, name), self.shape, np.int32)
            object.__setattr__(self, name, full)
        if self.vth_low is not None:
            object.__setattr__(self, "vth_low", frozen_full(self.vth_low, self.shape, np.int32))

    @property
    def size(self) -> int:
        """Number of neurons."""
        return prod(self.shape)

    @property
    def bias(self) -> NDArray[np.int64]:
        """What is added to v each step: the int16 mantissa shifted, wrapped at 32 bits."""
        mantissa = self.bias_mant.astype(np.int16).astype(np.int64)
        up, down = np.maximum(self.bias_exp, 0), np.maximum(-self.bias_exp, 0)
        return ((mantissa << up) >> down).astype(np.int32).astype(np.int64)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Projection:
    """Synapses from the sum of some sources to one target.

    Parameters
    ----------
    sources : names of inputs or populations; their outputs are summed before the weights.
    target : name of a population.
    operator : Dense, Sparse, Conv, or Direct.
    weight_exp : the weighted sum is shifted left by it (right, rounding down, where negative).
    delay_steps : steps from spike to current, at least 1 (0 for Direct): an int, or for Dense and
        Sparse an int32 array shaped like the mantissas.
    graded : False: any source value that is not 0 counts as one spike. True: it is a factor.
    """

    name: str
    sources: tuple[str, ...]
    target: str
    operator: Operator
    weight_exp: int = 0
    delay_steps: int | NDArray[np.int32] = 1
    graded: bool = False

    def __post_init__(self) -> None:
        if isinstance(self.delay_steps, np.ndarray):
            object.__setattr__(self, "delay_steps", frozen(self.delay_steps, np.int32))

    @property
    def max_delay_steps(self) -> int:
        """The longest of its delays."""
        return int(np.max(self.delay_steps, initial=0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """A population that is read, and how.

    With a stimulus of n steps it is read in steps ``lag_steps + first_step`` to ``lag_steps + n``:
    `lag_steps` is when its own time begins, `first_step` when its value first means something.
    """

    population: str
    readout: Readout
    first_step: int = 0
    lag_steps: int = 0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Program:
    """The integer network.

    Parameters
    ----------
    drain_steps : steps to run after the last step of the stimulus, so that outputs complete.
    input_scale, output_scale : float units per integer, by input and output name.
    """

    inputs: tuple[Input, ...]
    populations: tuple[Population, ...]
    projections: tuple[Projection, ...]
    outputs: tuple[Output, ...]
    formats: NumberFormat = LOIHI
    drain_steps: int = 0
    input_scale: Mapping[str, float] = field(default_factory=dict)
    output_scale: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        problems = tuple(_problems(self))
        if problems:
            raise ValueError("; ".join(problems))

    @property
    def digest(self) -> str:
        """Fingerprint of everything it says."""
        return digest(self)

    @property
    def nodes(self) -> tuple[Input | Population, ...]:
        """Inputs, then populations."""
        return (*self.inputs, *self.populations)

    def shape_of(self, name: str) -> Shape:
        """Shape of an input or a population."""
        return next(node.shape for node in self.nodes if node.name == name)

    def population(self, name: str) -> Population:
        """Return the population called `name`."""
        return next(node for node in self.populations if node.name == name)

    def projections_to(self, name: str) -> tuple[Projection, ...]:
        """Projections whose target is `name`."""
        return tuple(p for p in self.projections if p.target == name)

    def projections_from(self, name: str) -> tuple[Projection, ...]:
        """Projections that listen to `name`."""
        return tuple(p for p in self.projections if name in p.sources)


def _problems(program: Program) -> list[str]:
    names = [node.name for node in program.nodes]
    found = [
        f"the name {name!r} is used twice" for name in sorted(set(names)) if names.count(name) > 1
    ]
    sizes = {node.name: prod(node.shape) for node in program.nodes}
    for projection in program.projections:
        unknown = [n for n in (*projection.sources, projection.target) if n not in sizes]
        if unknown:
            found.append(f"projection {projection.name!r} joins unknown {', '.join(unknown)}")
        else:
            found.extend(_size_problems(projection, sizes))
        found.extend(_delay_problems(projection))
    found.extend(
        f"output {output.population!r} is no population"
        for output in program.outputs
        if output.population not in {p.name for p in program.populations}
    )
    return found


def _size_problems(projection: Projection, sizes: Mapping[str, int]) -> list[str]:
    n_sources = {sizes[source] for source in projection.sources}
    n_target = sizes[projection.target]
    operator = projection.operator
    wanted = (
        (n_target, n_target) if isinstance(operator, Direct) else (operator.n_in, operator.n_out)
    )
    if n_sources == {wanted[0]} and n_target == wanted[1]:
        return []
    return [
        f"projection {projection.name!r} joins {sorted(n_sources)} neurons to {n_target}, "
        f"its operator {wanted[0]} to {wanted[1]}"
    ]


def _delay_problems(projection: Projection) -> list[str]:
    delay, operator = projection.delay_steps, projection.operator
    if isinstance(operator, Direct):
        instant = isinstance(delay, int) and delay == 0
        return [] if instant else [f"direct projection {projection.name!r} has a delay"]
    if np.min(delay, initial=1) < 1:
        return [f"projection {projection.name!r} has a delay below 1 step"]
    if isinstance(operator, Conv):
        fits = isinstance(delay, int) and projection.weight_exp >= 0
        rule = "a convolution takes one delay and an exponent of at least 0"
        return [] if fits else [f"projection {projection.name!r}: {rule}"]
    if isinstance(delay, np.ndarray) and delay.shape != operator.mantissa.shape:
        return [f"projection {projection.name!r}: delays do not match its synapses"]
    return []
