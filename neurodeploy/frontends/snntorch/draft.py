"""What is collected while a traced step is walked through."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from types import UnionType

import numpy as np
from numpy.typing import NDArray
from snntorch import SpikingNeuron
from torch import fx, nn

from neurodeploy.frontends.snntorch.offset import offset_alone, settled, shifted
from neurodeploy.frontends.snntorch.signal import (
    BatchSize,
    Branch,
    Constant,
    Fired,
    Signal,
    Sizes,
    State,
    Value,
    Weighted,
    source_signal,
)
from neurodeploy.model import (
    Linear,
    Max,
    Operator,
    Output,
    Population,
    Projection,
    Relu,
    Shift,
    SumPool2d,
)

Shape = tuple[int, ...]


@dataclass(slots=True, kw_only=True)
class Draft:
    """Populations and projections so far; `spiking` says whether the step calls any neuron.

    `owners` says which neuron took a state that forward is given.
    """

    root: nn.Module
    dt_s: float
    input_shape: Shape
    spiking: bool
    values: dict[fx.Node, Value] = field(default_factory=dict)
    owners: dict[fx.Node, str] = field(default_factory=dict)
    populations: list[Population] = field(default_factory=list)
    projections: list[Projection] = field(default_factory=list)
    outputs: list[Output] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    @property
    def input_name(self) -> str:
        """Name of the input: ``input``, unless a module has it."""
        return self._free_name("input")

    @property
    def output_name(self) -> str:
        """Name of a last layer that does not spike: ``output``, unless a module has it."""
        return self._free_name("output")

    def new_name(self, name: str) -> str:
        """Return `name`, numbered if a neuron, a population or the input is called so."""
        neurons = {n for n, m in self.root.named_modules() if isinstance(m, SpikingNeuron)}
        populations = {population.name for population in self.populations}
        return _numbered(name, {self.input_name} | neurons | populations)

    def signal(self, source: object, where: str) -> Signal | None:
        """Return what the node `source` holds as a signal, or None with the reason noted."""
        if not isinstance(source, fx.Node):
            self.problems.append(f"{where} takes {source}, which does not come from the input")
            return None
        match self.values[source]:
            case Fired() as value:
                return value.spikes
            case Signal() as value:
                return value
            case State() as value:
                self.problems.append(
                    f"{where} takes the state {value.of!r}; only spikes go on, and a recurrence is "
                    "RLeaky or RSynaptic"
                )
            case Constant() | Sizes() | BatchSize() | int():
                self.problems.append(f"{where} takes {source}, which does not come from the input")
        return None

    def add(self, population: Population, signal: Signal) -> Signal:
        """Add `population` and the projections that `signal` is; return what it sends."""
        self.populations.append(population)
        for branch in signal.branches:
            self.project(branch, population.name)
        return source_signal(population.name, population.shape)

    def add_linear(self, name: str, signal: Signal) -> Signal:
        """Add a population without state that sends on what `signal` is."""
        name = self.new_name(name)
        return self.add(Population(name=name, shape=signal.shape, neuron=Linear()), signal)

    def project(self, branch: Branch, target: str, delay_steps: int = 0) -> None:
        """Join `branch` to `target`, under the name of its last module with weights."""
        name = branch.via or f"{'+'.join(branch.sources)}->{target}"
        self.projections.append(
            Projection(
                name=_numbered(name, {p.name for p in self.projections}),
                sources=branch.sources,
                target=target,
                chain=branch.chain,
                delay_steps=delay_steps,
            )
        )

    def through(self, signal: Signal, operators: tuple[Operator, ...], name: str) -> Signal:
        """Return `signal` after the `operators` of the module or operation called `name`.

        A sum that meets more than factors, pools and reshapes becomes a Linear population, called
        `name` with ``.sum``.

        Raises
        ------
        ValueError
            If the shape does not fit.
        """
        shape = signal.shape
        for entry in operators:
            try:
                shape = entry.output_shape(shape)
            except ValueError as error:
                raise ValueError(f"does not fit: {error}") from error
        if len(signal.branches) > 1 and not all(_distributes(entry) for entry in operators):
            signal = self.add_linear(f"{name}.sum", signal)
        branches = tuple(
            branch.then(settled(branch.chain, operators, signal.shape), name)
            for branch in signal.branches
        )
        return Signal(shape=shape, branches=branches)

    def plus(self, signal: Signal, offset: NDArray[np.float64], name: str) -> Signal:
        """Return `signal` plus a constant, which the operation called `name` adds.

        The first branch with weights at its end adds it to its bias; without any, the first one.
        """
        chains = [shifted(branch.chain, offset) for branch in signal.branches]
        at = next((k for k, chain in enumerate(chains) if chain is not None), None)
        changed = list(signal.branches)
        if at is None:
            changed[0] = changed[0].then((offset_alone(offset, signal.shape),), name)
        else:
            changed[at] = replace(changed[at], chain=chains[at] or ())
        return replace(signal, branches=tuple(changed))

    def is_spikes(self, signal: Signal) -> bool:
        """Say whether every value of `signal` is 0 or 1: one source that spikes, or the input."""
        one_source = signal.is_plain and len(signal.branches[0].sources) == 1
        return one_source and not self._sources(signal, Linear | Relu)

    def is_rectified(self, signal: Signal) -> bool:
        """Say whether `signal` is what one Relu population sends."""
        return signal.is_plain and len(self._sources(signal, Relu)) == 1

    def _sources(self, signal: Signal, kind: type | UnionType) -> set[str]:
        among = {p.name for p in self.populations if isinstance(p.neuron, kind)}
        return among & set(signal.branches[0].sources)

    def _free_name(self, name: str) -> str:
        taken = {taken for taken, _ in self.root.named_modules()}
        while name in taken:
            name += "_"
        return name


def pooled_shape(neuron: Max) -> Shape:
    """Return the shape of what `neuron` sends; ValueError if its window does not fit."""
    return SumPool2d(kernel=neuron.kernel, stride=neuron.stride).output_shape(neuron.input_shape)


def _distributes(operator: Operator) -> bool:
    """Whether applying `operator` to each part of a sum is the same and holds no weights twice."""
    return not isinstance(operator, Weighted | Shift)


def _numbered(name: str, taken: Iterable[str]) -> str:
    number, unique = 1, name
    while unique in taken:
        number += 1
        unique = f"{name}_{number}"
    return unique
