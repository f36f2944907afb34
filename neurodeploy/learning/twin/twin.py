"""`Twin`: a Model as a torch module, equal to its float simulator step for step."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import torch
from torch import Tensor, nn

from neurodeploy.errors import InputError
from neurodeploy.learning.twin.fused import Fused
from neurodeploy.learning.twin.operators import NormModule, OperatorModule, module_of
from neurodeploy.learning.twin.parameters import Parameters, Trainable
from neurodeploy.learning.twin.paths import Path, ThroughTime
from neurodeploy.learning.twin.readout import read
from neurodeploy.learning.twin.schedule import by_population, by_step, is_looped
from neurodeploy.learning.twin.surrogate import Surrogate
from neurodeploy.model import Linear, Max, Model, Population, Projection, Relu

__all__ = ["Trace", "Trainable", "Twin"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """What a run gave.

    Parameters
    ----------
    outputs : (step, sample, *shape) of every population: spikes, voltages, activations.
    readouts : (sample, neuron) by output population.
    """

    outputs: Mapping[str, Tensor]
    readouts: Mapping[str, Tensor]

    @property
    def logits(self) -> Tensor:
        """The first readout, (sample, neuron)."""
        return next(iter(self.readouts.values()))


class Twin(nn.Module):
    """A network that can be trained and given back as a Model.

    Without loops it runs population by population over all steps, so that an operator sees samples
    and steps as one batch; with loops step by step.

    Parameters
    ----------
    path : how spiking populations pass a gradient back; used where the model has no loop.
    dtype : float32 to train; float64 to be held against the simulator.

    Raises
    ------
    InputError
        If the model has several inputs, or a loop and a BatchNorm (ND2802).
    """

    def __init__(
        self,
        model: Model,
        *,
        surrogate: Surrogate | None = None,
        trainable: Trainable | None = None,
        path: Path | None = None,
        dtype: torch.dtype = torch.float32,
    ) -> None:
        super().__init__()
        trainable = trainable or Trainable()
        self.template, self.dtype = model, dtype
        self.surrogate, self.path = surrogate or Surrogate(), path or ThroughTime()
        self.chains = nn.ModuleList(
            nn.ModuleList(module_of(operator, dtype) for operator in p.chain)
            for p in model.projections
        )
        self.parameters_of = nn.ModuleDict(
            {
                str(k): Parameters(population, model.dt_s, trainable, dtype)
                for k, population in enumerate(model.populations)
                if _has_values(population)
            }
        )
        self._chain_of = {id(p): k for k, p in enumerate(model.projections)}
        self._index_of = {p.name: str(k) for k, p in enumerate(model.populations)}
        self.looped = is_looped(model)
        _check(model, self.chains, self.path, looped=self.looped)
        if not trainable.weights:
            self.chains.requires_grad_(False)

    def forward(self, x: Tensor) -> Trace:
        """Run every sample.

        Parameters
        ----------
        x : (sample, step, *shape of the one input)
        """
        series = x.to(self.dtype).transpose(0, 1)
        outputs = by_step(self, series) if self.looped else by_population(self, series)
        readouts = {o.population: read(o, outputs[o.population]) for o in self.template.outputs}
        return Trace(outputs=outputs, readouts=readouts)

    def model(self) -> Model:
        """Return the network as it is now, with the history of the one it was built from."""
        projections = tuple(
            replace(p, chain=tuple(m.operator() for m in self.chain(p)))
            for p in self.template.projections
        )
        populations = tuple(
            p if (held := self.parameters_at(p)) is None else held.trained()
            for p in self.template.populations
        )
        return replace(self.template, projections=projections, populations=populations)

    def chain(self, projection: Projection) -> list[OperatorModule]:
        """Return the modules of a projection's operators."""
        held = self.chains[self._chain_of[id(projection)]]
        return [module for module in held.children() if isinstance(module, OperatorModule)]

    def parameters_at(self, population: Population) -> Parameters | None:
        """Return the values of a population's step; None for what has no state."""
        key = self._index_of[population.name]
        if key not in self.parameters_of:
            return None
        held = self.parameters_of[key]
        assert isinstance(held, Parameters)
        return held


def _has_values(population: Population) -> bool:
    """Return whether `population` has any values of its own: of a rectifier, its ceiling."""
    neuron = population.neuron
    if isinstance(neuron, Relu):
        return neuron.ceiling is not None
    return not isinstance(neuron, Max | Linear)


def _check(model: Model, chains: nn.ModuleList, path: Path, *, looped: bool) -> None:
    problems = []
    if len(model.inputs) != 1:
        problems.append(f"the model has {len(model.inputs)} inputs, one can be trained")
    if looped and any(isinstance(module, NormModule) for module in chains.modules()):
        problems.append(
            "the model has a loop and a BatchNorm, whose statistics are taken over all steps at "
            "once; fold the BatchNorm first"
        )
    if looped and not isinstance(path, ThroughTime | Fused):
        problems.append(
            "the model has a loop, in which a neuron's rate has no representation; train it with "
            "surrogate gradients through time"
        )
    if problems:
        raise InputError("ND2802", *problems)
