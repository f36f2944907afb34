"""`Model`: populations of float neurons joined by projections, with physical time."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from neurodeploy.errors import InputError
from neurodeploy.model.neuron import Max, Neuron
from neurodeploy.model.operator import Operator
from neurodeploy.storage.arrays import frozen
from neurodeploy.storage.codec import digest
from neurodeploy.terms import Readout, Reset

if TYPE_CHECKING:
    from neurodeploy.model.simulator import Simulation

Shape = tuple[int, ...]


def _zero() -> NDArray[np.float64]:
    return np.zeros(())


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """Where stimuli enter; `low` and `high` declare the range of their values."""

    name: str
    shape: Shape
    low: float = 0.0
    high: float = 1.0

    def __post_init__(self) -> None:
        # Whole numbers become floats, as a file gives them back: else its digest would not fit.
        object.__setattr__(self, "low", float(self.low))
        object.__setattr__(self, "high", float(self.high))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Population:
    """Neurons of one kind; `v_reset`, `v0` and `i0` broadcast to `shape`."""

    name: str
    shape: Shape
    neuron: Neuron
    reset: Reset = Reset.ZERO
    v_reset: NDArray[np.float64] = field(default_factory=_zero)
    v0: NDArray[np.float64] = field(default_factory=_zero)
    i0: NDArray[np.float64] = field(default_factory=_zero)

    def __post_init__(self) -> None:
        for name in ("v_reset", "v0", "i0"):
            object.__setattr__(self, name, frozen(getattr(self, name), np.float64))

    @property
    def size(self) -> int:
        """Number of neurons."""
        return int(np.prod(self.shape, dtype=np.int64))

    @property
    def input_shape(self) -> Shape:
        """Shape of what its projections deliver."""
        return self.neuron.input_shape if isinstance(self.neuron, Max) else self.shape


@dataclass(frozen=True, slots=True, kw_only=True)
class Projection:
    """A chain of operators from the sum of some sources to one target.

    `delay_steps` is 0 for delivery in the same step; every loop needs at least one step.
    """

    name: str
    sources: tuple[str, ...]
    target: str
    chain: tuple[Operator, ...]
    delay_steps: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """A population that is read, how, and from which step on its value means something."""

    population: str
    readout: Readout = Readout.COUNT
    first_step: int = 0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Model:
    """The float network.

    Parameters
    ----------
    dt_s : length of a time step in seconds.
    history : one line for each thing that was done to it or assumed of it.

    Raises
    ------
    InputError
        If names, shapes, values or loops are inconsistent (ND2110): every problem at once.
    """

    inputs: tuple[Input, ...]
    populations: tuple[Population, ...]
    projections: tuple[Projection, ...]
    outputs: tuple[Output, ...]
    dt_s: float
    history: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        from neurodeploy.model.consistency import problems_of  # it describes this very class

        problems = problems_of(self)
        if problems:
            raise InputError("ND2110", *problems)

    @property
    def digest(self) -> str:
        """Fingerprint of everything it says."""
        return digest(self)

    @property
    def nodes(self) -> tuple[Input | Population, ...]:
        """Inputs, then populations."""
        return (*self.inputs, *self.populations)

    def node(self, name: str) -> Input | Population:
        """Return the input or population called `name`."""
        return next(node for node in self.nodes if node.name == name)

    def population(self, name: str) -> Population:
        """Return the population called `name`."""
        return next(node for node in self.populations if node.name == name)

    def projection(self, name: str) -> Projection:
        """Return the projection called `name`."""
        return next(p for p in self.projections if p.name == name)

    def projections_to(self, name: str) -> tuple[Projection, ...]:
        """Projections whose target is `name`."""
        return tuple(p for p in self.projections if p.target == name)

    def simulate(self, x: NDArray[np.floating], *, record: Iterable[str] = ()) -> "Simulation":
        """Run it in float64; see `neurodeploy.model.simulator.simulate`."""
        from neurodeploy.model.simulator import simulate  # the simulator imports this class

        return simulate(self, x, record=frozenset(record))
