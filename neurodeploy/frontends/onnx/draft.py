"""What is collected while a graph is walked through."""

from dataclasses import dataclass, field, replace

from neurodeploy.frontends.onnx.signal import Branch, Signal, signal_of
from neurodeploy.model import (
    AvgPool2d,
    Flatten,
    Input,
    Linear,
    Max,
    Neuron,
    Output,
    Population,
    Projection,
    Relu,
    Select,
    SumPool2d,
)

_KEEPS_SIGN = (AvgPool2d, Flatten, Select, SumPool2d)


@dataclass(slots=True, kw_only=True)
class Draft:
    """Populations and projections so far, and what they are made from.

    `batch` is the size of the first axis as the file's own arithmetic sees it. `nonnegative` names
    the populations that give no negative value, `joined` holds the sums that are populations.
    """

    input: Input
    batch: int
    opset: int
    populations: list[Population] = field(default_factory=list)
    projections: list[Projection] = field(default_factory=list)
    outputs: list[Output] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    history: list[str] = field(default_factory=list)
    nonnegative: set[str] = field(default_factory=set)
    joined: dict[str, Signal] = field(default_factory=dict)

    def add(self, name: str, signal: Signal, neuron: Neuron) -> Signal:
        """Add a population that takes `signal`, and return what it gives."""
        shape = _pooled(neuron) if isinstance(neuron, Max) else signal.shape
        name = _free(name, {self.input.name, *(p.name for p in self.populations)})
        if isinstance(neuron, Relu) or self.is_nonnegative(signal):
            self.nonnegative.add(name)
        self.populations.append(Population(name=name, shape=shape, neuron=neuron))
        for branch in signal.branches:
            self._project(branch.padded(), name)
        return signal_of(name, Branch(source=name, shape=shape))

    def single(self, signal: Signal) -> Signal:
        """Return `signal` as one branch: a sum of several becomes a Linear population."""
        if len(signal.branches) == 1:
            return signal_of(signal.name, signal.branches[0].padded())
        if signal.name not in self.joined:
            self.joined[signal.name] = self.add(signal.name, signal, Linear())
        return self.joined[signal.name]

    def is_nonnegative(self, signal: Signal) -> bool:
        """Say whether no value of `signal` can be negative."""
        return all(
            branch.source in self.nonnegative
            and all(isinstance(operator, _KEEPS_SIGN) for operator in branch.chain)
            for branch in signal.branches
        )

    def _project(self, branch: Branch, target: str) -> None:
        name = branch.via or f"{branch.source}->{target}"
        projection = Projection(
            name=_free(name, {p.name for p in self.projections}),
            sources=(branch.source,),
            target=target,
            chain=branch.chain,
        )
        self.projections.append(projection)


def renamed(signal: Signal, name: str) -> Signal:
    """Return `signal` as what the node called `name` gives."""
    return replace(signal, name=name)


def _pooled(neuron: Max) -> tuple[int, ...]:
    return SumPool2d(kernel=neuron.kernel, stride=neuron.stride).output_shape(neuron.input_shape)


def _free(name: str, taken: set[str]) -> str:
    number, free = 1, name
    while free in taken:
        number += 1
        free = f"{name}_{number}"
    return free
