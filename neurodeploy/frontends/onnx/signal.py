"""Values on their way: a sum of branches, each from one population through a chain of operators."""

from dataclasses import dataclass, replace

import numpy as np

from neurodeploy.frontends.onnx.limits import check_size
from neurodeploy.model import (
    Affine,
    AvgPool2d,
    BatchNorm,
    Conv2d,
    Flatten,
    Operator,
    Select,
    SumPool2d,
)

Shape = tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Branch:
    """What `source` sends through `chain`.

    `shape` is the chain's result, around which `before` and `after` zeros lie along the first axis:
    a part of a concatenation, padded only if need be. `via` names the last node with weights.
    """

    source: str
    shape: Shape
    chain: tuple[Operator, ...] = ()
    via: str | None = None
    before: int = 0
    after: int = 0

    @property
    def is_part(self) -> bool:
        """Whether zeros lie around it."""
        return bool(self.before or self.after)

    def through(self, *operators: Operator) -> "Branch":
        """Return the branch after `operators`; pools leave the zeros around it where they are."""
        branch = self
        for operator in operators:
            stays = isinstance(operator, AvgPool2d | SumPool2d)
            branch = (branch if stays else branch.padded())._after(operator)
        return branch

    def flattened(self) -> "Branch":
        """Return the branch as one axis; the zeros stay around it."""
        inner = replace(self, before=0, after=0)._after(Flatten())
        n_each = int(np.prod(self.shape[1:], dtype=np.int64))
        return replace(inner, before=self.before * n_each, after=self.after * n_each)

    def padded(self) -> "Branch":
        """Return the branch with the zeros around it written out."""
        if not self.is_part:
            return self
        rest = (0,) * (len(self.shape) - 1)
        select = Select(
            start=(0, *rest),
            stop=self.shape,
            step=(1,) * len(self.shape),
            before=(self.before, *rest),
            after=(self.after, *rest),
        )
        return replace(self, before=0, after=0)._after(select)

    def _after(self, operator: Operator) -> "Branch":
        shape = operator.output_shape(self.shape)
        check_size(shape)
        last = self.chain[-1] if self.chain else None
        if isinstance(operator, Select) and isinstance(last, Select):
            joined = _joined(last, operator)
            if joined is not None:
                return replace(self, chain=(*self.chain[:-1], joined), shape=shape)
        return replace(self, chain=(*self.chain, operator), shape=shape)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Signal:
    """The sum of `branches`, each of `shape` with the zeros around it; `name` is its node's."""

    name: str
    shape: Shape
    branches: tuple[Branch, ...]

    @property
    def has_weights(self) -> bool:
        """Whether a branch has weights, which using the signal twice would double."""
        weighted = (Affine, Conv2d, BatchNorm)
        return any(isinstance(o, weighted) for branch in self.branches for o in branch.chain)

    def through(self, *operators: Operator) -> "Signal":
        """Return the signal after `operators`, which must add nothing of their own."""
        return signal_of(self.name, *(branch.through(*operators) for branch in self.branches))

    def plus(self, operator: Operator) -> "Signal":
        """Return the signal after `operator`, which only adds something."""
        first, *others = self.branches
        return signal_of(self.name, first.through(operator), *others)

    def flattened(self) -> "Signal":
        """Return the signal as one axis."""
        if len(self.shape) == 1:
            return self
        return signal_of(self.name, *(branch.flattened() for branch in self.branches))


def signal_of(name: str, *branches: Branch) -> Signal:
    """Return the sum of `branches`."""
    first = branches[0]
    shape = (first.before + first.shape[0] + first.after, *first.shape[1:])
    return Signal(name=name, shape=shape, branches=branches)


def _joined(first: Select, then: Select) -> Select | None:
    """Return both as one selection, or None where zeros of the first would be taken apart."""
    if not any((*first.before, *first.after)):
        steps = tuple(a * b for a, b in zip(first.step, then.step, strict=True))
        ends = zip(first.start, then.start, then.n_taken, first.step, steps, strict=True)
        starts_stops = [
            (s + k * step, s + k * step + (n - 1) * both + 1) for s, k, n, step, both in ends
        ]
        return Select(
            start=tuple(start for start, _ in starts_stops),
            stop=tuple(stop for _, stop in starts_stops),
            step=steps,
            before=then.before,
            after=then.after,
        )
    sizes = tuple(
        b + n + a for b, n, a in zip(first.before, first.n_taken, first.after, strict=True)
    )
    if then.n_taken != sizes:
        return None
    return replace(
        first,
        before=tuple(a + b for a, b in zip(then.before, first.before, strict=True)),
        after=tuple(a + b for a, b in zip(first.after, then.after, strict=True)),
    )
