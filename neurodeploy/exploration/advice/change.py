"""`Change`: one thing that could be done to a network, its steps or its placement."""

from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from neurodeploy.exploration.advice.smaller import without_neurons
from neurodeploy.frontends.samples import Encoding, Samples
from neurodeploy.model import Affine, CubaLif, If, Lif, Model
from neurodeploy.placement import Strategy
from neurodeploy.toolchain import CompileOptions


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What is compiled and profiled: a network, the samples that are run, and how to compile."""

    model: Model
    samples: Samples
    encoding: Encoding | None
    options: CompileOptions

    @property
    def n_steps(self) -> int:
        """Steps of the stimulus."""
        made = None if self.encoding is None else self.encoding.n_steps
        return int(self.samples.x.shape[1]) if made is None else made


class Change(Protocol):
    """Knows what it would do, to which layer, and does it."""

    @property
    def where(self) -> str:
        """The layer it is about; of the same kind and place one proposal is enough."""
        ...

    def __str__(self) -> str:
        """Say what to do."""
        ...

    def applied(self, subject: Subject) -> Subject:
        """Return `subject` with the change."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class FewerSteps:
    """Run fewer steps: a shorter series, or fewer steps from the encoder."""

    n_steps: int
    of: int

    @property
    def where(self) -> str:
        """The whole network."""
        return "steps"

    def __str__(self) -> str:
        """Say what to do."""
        return f"run {self.n_steps} steps instead of {self.of}"

    def applied(self, subject: Subject) -> Subject:
        """Return `subject` with the first steps alone, or an encoder that makes fewer."""
        if subject.encoding is not None and subject.encoding.n_steps is not None:
            return replace(subject, encoding=replace(subject.encoding, n_steps=self.n_steps))
        x = np.ascontiguousarray(subject.samples.x[:, : self.n_steps])
        return replace(subject, samples=replace(subject.samples, x=x))


@dataclass(frozen=True, slots=True, kw_only=True)
class RaiseThreshold:
    """Multiply the thresholds of one population."""

    population: str
    factor: float

    @property
    def where(self) -> str:
        """The population."""
        return self.population

    def __str__(self) -> str:
        """Say what to do."""
        return f"raise the threshold of '{self.population}' {self.factor:g} times"

    def applied(self, subject: Subject) -> Subject:
        """Return `subject` with higher thresholds."""
        model = subject.model
        old = model.population(self.population)
        assert isinstance(old.neuron, If | Lif | CubaLif)
        neuron = replace(old.neuron, v_threshold=old.neuron.v_threshold * self.factor)
        populations = tuple(replace(p, neuron=neuron) if p is old else p for p in model.populations)
        return replace(subject, model=replace(model, populations=populations))


@dataclass(frozen=True, slots=True, kw_only=True)
class PruneWeights:
    """Set the smallest weights of a matrix to 0, so that it is stored as a list."""

    projection: str
    target: str
    kept: float

    @property
    def where(self) -> str:
        """The layer that the weights drive."""
        return self.target

    def __str__(self) -> str:
        """Say what to do."""
        return f"keep the largest {self.kept:.0%} of the weights into '{self.target}'"

    def applied(self, subject: Subject) -> Subject:
        """Return `subject` with the weights pruned."""
        model = subject.model
        old = model.projection(self.projection)
        chain = tuple(self._pruned(o) if isinstance(o, Affine) else o for o in old.chain)
        new = replace(old, chain=chain)
        projections = tuple(new if p is old else p for p in model.projections)
        return replace(subject, model=replace(model, projections=projections))

    def _pruned(self, affine: Affine) -> Affine:
        size = np.abs(affine.weight)
        cut = np.quantile(size, 1.0 - self.kept)
        return replace(affine, weight=np.where(size > cut, affine.weight, 0.0))


@dataclass(frozen=True, slots=True, kw_only=True)
class DropSilent:
    """Leave out neurons that never spiked on the samples."""

    population: str
    neurons: tuple[int, ...]

    @property
    def where(self) -> str:
        """The population."""
        return self.population

    def __str__(self) -> str:
        """Say what to do."""
        count = f"{len(self.neurons)} neurons" if len(self.neurons) > 1 else "the neuron"
        return f"remove {count} of '{self.population}' that never spiked on these samples"

    def applied(self, subject: Subject) -> Subject:
        """Return `subject` without the neurons."""
        model = without_neurons(subject.model, self.population, self.neurons)
        return replace(subject, model=model)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceOtherwise:
    """Use another placement."""

    strategy: Strategy

    @property
    def where(self) -> str:
        """The whole network."""
        return "placement"

    def __str__(self) -> str:
        """Say what to do."""
        return f"place it {self.strategy.value} (compile --placement {self.strategy.value})"

    def applied(self, subject: Subject) -> Subject:
        """Return `subject` placed otherwise."""
        return replace(subject, options=replace(subject.options, placement=self.strategy))
