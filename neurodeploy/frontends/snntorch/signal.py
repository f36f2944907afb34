"""What flows between the nodes of a traced step: spikes and currents, states, constants, sizes."""

from dataclasses import dataclass, replace

import torch

from neurodeploy.model import Affine, BatchNorm, Conv1d, Conv2d, Operator

Shape = tuple[int, ...]
Weighted = Affine | Conv1d | Conv2d | BatchNorm
"""Operators that add something of their own, or that nobody wants to hold twice."""


_Named = Affine | Conv1d | Conv2d
"""Operators that give a projection its name."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Branch:
    """What the sum of `sources` sends through `chain`; `via` names the last module with weights."""

    sources: tuple[str, ...]
    chain: tuple[Operator, ...] = ()
    via: str | None = None

    def then(self, operators: tuple[Operator, ...], name: str) -> "Branch":
        """Return the branch after the `operators` of the module called `name`."""
        weighted = any(isinstance(entry, _Named) for entry in operators)
        held = any(isinstance(entry, _Named) for entry in self.chain)
        via = name if weighted or (operators and not held) else self.via
        return replace(self, chain=(*self.chain, *operators), via=via)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Signal:
    """The sum of `branches`, all of `shape` (without the batch axis)."""

    shape: Shape
    branches: tuple[Branch, ...]

    @property
    def has_weights(self) -> bool:
        """Whether a branch has weights, which using the signal twice would double."""
        return any(isinstance(o, Weighted) for branch in self.branches for o in branch.chain)

    @property
    def is_plain(self) -> bool:
        """Whether it is what populations or inputs send, as it is."""
        return len(self.branches) == 1 and not self.branches[0].chain

    def plus(self, other: "Signal") -> "Signal":
        """Return the sum of both; what comes straight from different sources is one branch."""
        mine, others = self.branches[0], other.branches[0]
        straight = self.is_plain and other.is_plain
        if straight and not set(mine.sources) & set(others.sources):
            joined = Branch(sources=(*mine.sources, *others.sources))
            return Signal(shape=self.shape, branches=(joined,))
        return Signal(shape=self.shape, branches=(*self.branches, *other.branches))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Fired:
    """What a neuron returns together with its states: spikes first."""

    spikes: Signal


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """A membrane voltage or a current, which may only go back into a neuron or out."""

    of: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Constant:
    """A tensor that the module holds: a factor, an offset or a state to start from."""

    name: str
    tensor: torch.Tensor


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """The shape of a tensor, the batch axis first and left out here."""

    shape: Shape


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchSize:
    """The size of the batch axis, which nothing may depend on."""


Value = Signal | Fired | State | Constant | Sizes | BatchSize | int | None
"""None is what could not be made out; its own problem is noted already."""


def source_signal(name: str, shape: Shape) -> Signal:
    """Return what the input or population called `name` sends."""
    return Signal(shape=shape, branches=(Branch(sources=(name,)),))
